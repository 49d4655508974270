<?php

declare(strict_types=1);

namespace Durable\Tests\Client;

use Durable\Client;
use Durable\Exception\DurableRequestError;
use Durable\Exception\FunctionError;
use Durable\Exception\NonRetriableError;
use Durable\Testing\FakeTransport;
use Durable\Wire\Secret;
use Durable\Wire\Signature;
use PHPUnit\Framework\TestCase;

/** What the client sends, and what becomes of what it is answered. */
final class ClientTest extends TestCase
{
    private const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

    private FakeTransport $engine;
    private Client $client;

    protected function setUp(): void
    {
        $this->engine = new FakeTransport();
        $this->client = new Client(app: 'shop', env: 'prod', url: 'http://engine.example/', secret: self::SECRET, transport: $this->engine);
    }

    public function testEventsAreSignedWithTheReplyKeyAndHaveIds(): void
    {
        $sent = $this->client->send(['name' => 'order.placed', 'data' => ['id' => 1, 'none' => new \stdClass()], 'delay' => '5m', 'tags' => ['a']]);
        $request = $this->engine->requests[0];
        self::assertSame(['/v1/events', ['app' => 'shop', 'env' => 'prod']], [$request['path'], $request['query']]);
        $event = $this->engine->events()[0];
        self::assertMatchesRegularExpression('/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/', $event['id']);
        self::assertSame([$event['id']], $sent['ids']);
        self::assertSame([300_000, ['a']], [$event['delay_ms'], $event['tags']]);
        $headers = $request['headers'];
        $body = '[{"name":"order.placed","data":{"id":1,"none":{}},"id":"' . $event['id'] . '","tags":["a"],"delay_ms":300000}]';
        $key = Secret::parse(self::SECRET)->forReplies();
        self::assertTrue(Signature::verify([$key], $headers['webhook-id'], (int) $headers['webhook-timestamp'], $body, $headers['webhook-signature']));
    }

    public function testWhatAnswersAndIsNoEngineIsNotAskedForEver(): void
    {
        $this->engine->willAnswer(200, new \stdClass());
        $this->expectException(DurableRequestError::class);
        $this->expectExceptionMessage('What answered is no engine');
        $this->client->execute('double', ['n' => 1]);
    }

    public function testATraceThatIsNoHeaderIsLeftOut(): void
    {
        $good = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
        foreach ([$good => true, "{$good}\r\nx-admin: 1" => false, '' => false] as $traceparent => $isSent) {
            $this->client->send(['name' => 'a'], (string) $traceparent);
            $headers = end($this->engine->requests)['headers'];
            self::assertSame($isSent ? $good : null, $headers['traceparent'] ?? null);
        }
    }

    public function testWhatIsNoEventIsNotSent(): void
    {
        foreach (['durable.mine' => 'belong to the engine', 'a b' => 'must have 1 to 200 characters'] as $name => $sentence) {
            try {
                $this->client->send(['name' => $name]);
                self::fail($name);
            } catch (NonRetriableError $problem) {
                self::assertStringContainsString($sentence, $problem->getMessage());
            }
        }
        foreach ([['name' => 'a', 'at' => 'tomorrow'], ['name' => 'a', 'delay' => 1, 'at' => '2026-01-01T00:00:00Z'], ['name' => 'a', 'dat' => 1]] as $event) {
            try {
                $this->client->send($event);
                self::fail('It is sent.');
            } catch (NonRetriableError $problem) {
                self::assertNotSame('', $problem->getMessage());
            }
        }
        self::assertSame([], $this->engine->requests);
    }

    public function testAnEventKeyIsUsedInsteadOfASignature(): void
    {
        $client = new Client(app: 'shop', secret: self::SECRET, eventKey: 'dk_1', transport: $this->engine);
        $client->send(['name' => 'a']);
        $client->start('fn');
        self::assertSame('Bearer dk_1', $this->engine->requests[0]['headers']['authorization']);
        self::assertArrayNotHasKey('authorization', $this->engine->requests[1]['headers']);
    }

    public function testABrokenLineIsTriedAgainWithTheSameBody(): void
    {
        $this->engine->willNotAnswer()->willAnswer(503, ['title' => 'Starting'], ['retry-after' => '0']);
        $this->client->send(['name' => 'a']);
        self::assertCount(3, $this->engine->requests);
        self::assertSame($this->engine->requests[0]['body'], $this->engine->requests[2]['body']);
    }

    public function testACallIsNotTriedAgain(): void
    {
        $this->engine->willNotAnswer();
        try {
            $this->client->call('price', ['order' => 1]);
            self::fail('It answers.');
        } catch (DurableRequestError $error) {
            self::assertStringContainsString('does not answer at http://engine.example', $error->getMessage());
        }
        self::assertCount(1, $this->engine->requests);
    }

    public function testARefusalIsAnErrorWithItsReasons(): void
    {
        $errors = [['pointer' => '/data/id', 'detail' => 'must be a number']];
        $this->engine->willAnswer(422, ['title' => 'No', 'detail' => 'It does not fit.', 'code' => 'validation', 'errors' => $errors]);
        try {
            $this->client->start('fn', ['id' => 'x']);
            self::fail('It is taken.');
        } catch (DurableRequestError $error) {
            self::assertSame([422, 'validation', $errors], [$error->status, $error->problem, $error->errors]);
            self::assertSame('The engine answered 422. No: It does not fit.', $error->getMessage());
        }
    }

    public function testExecuteWaitsForTheEnd(): void
    {
        $running = ['run' => 'run_1', 'event' => 'e', 'function' => 'fn', 'status' => 'running'];
        $this->engine->willAnswer(200, $running)->willAnswer(200, ['status' => 'completed', 'output' => ['a' => 1]] + $running);
        self::assertSame(['a' => 1], $this->client->execute('fn', ['x' => 1]));
        self::assertSame($this->engine->requests[0]['body'], $this->engine->requests[1]['body']);
        $failure = ['name' => 'CardError', 'message' => 'declined', 'code' => 'card'];
        $this->engine->willAnswer(200, ['status' => 'failed', 'failure' => $failure] + $running);
        try {
            $this->client->execute('fn');
            self::fail('It completes.');
        } catch (FunctionError $error) {
            self::assertSame('Run run_1 of "fn" failed: CardError: declined', $error->getMessage());
            self::assertSame(['card', 'declined'], [$error->errorCode(), $error->getPrevious()?->getMessage()]);
        }
        $this->engine->willAnswer(200, $running);
        $this->expectExceptionMessage('It goes on: ask again with the same id');
        $this->client->execute('fn', timeout: 0);
    }

    public function testRunsAreAskedForWithATokenAndNotSigned(): void
    {
        $client = new Client(app: 'shop', url: 'http://e', secret: self::SECRET, token: 'dk_read', transport: $this->engine);
        $client->runs->get('run/1');
        $client->runs->list(status: 'failed', limit: 10);
        $client->runs->cancel('run_1', 'no');
        [$get, $list, $cancel] = $this->engine->requests;
        self::assertSame(['GET', '/v1/apps/shop/dev/runs/run%2F1', 'Bearer dk_read'], [$get['method'], $get['path'], $get['headers']['authorization']]);
        self::assertArrayNotHasKey('webhook-signature', $get['headers']);
        self::assertSame(['status' => 'failed', 'limit' => '10'], $list['query']);
        self::assertSame([['reason' => 'no', 'undo' => true], '/v1/apps/shop/dev/runs/run_1/cancel'], [$cancel['body'], $cancel['path']]);
    }

    public function testTokensAreThoseOfTheOtherSdk(): void
    {
        // Made with makeRunToken and makeToken of @durable/protocol.
        $token = $this->client->runToken('run_1', ['status'], '1h');
        self::assertMatchesRegularExpression('/^drt_[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}$/', $token['token']);
        $grant = json_decode((string) base64_decode(strtr(explode('.', substr($token['token'], 4))[0], '-_', '+/')), true);
        self::assertSame(['shop', 'prod', 'run_1', ['status']], [$grant['app'], $grant['env'], $grant['run'], $grant['fields']]);
        self::assertSame('http://engine.example/v1/apps/shop/prod/runs/run_1/watch', $token['url']);
    }
}
