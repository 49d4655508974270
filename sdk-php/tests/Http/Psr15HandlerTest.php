<?php

declare(strict_types=1);

namespace Durable\Tests\Http;

use Durable\DurableFunction;
use Durable\Http\Handler;
use Durable\Http\Psr15Handler;
use Durable\Step;
use Durable\Tests\stubs\OneWay;
use Durable\Tests\stubs\SignedRequest;
use Durable\Wire\Limits;
use Durable\Wire\Secret;
use Nyholm\Psr7\Factory\Psr17Factory;
use Nyholm\Psr7\ServerRequest;
use Nyholm\Psr7\Stream;
use PHPUnit\Framework\TestCase;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\StreamInterface;

if (class_exists(Psr17Factory::class)) {
    require_once __DIR__ . '/../stubs/psr15.php';
}

final class Psr15HandlerTest extends TestCase
{
    protected function setUp(): void
    {
        if (!class_exists(Psr17Factory::class)) {
            self::markTestSkipped('There is no PSR-7 here: composer require --dev nyholm/psr7, or apt-get install php-nyholm-psr7.');
        }
    }

    public function testAStepRunsAndTheAnswerIsSigned(): void
    {
        $sent = SignedRequest::invoke('shop', 'greet', ['name' => 'Zoë']);
        $answer = $this->ask($sent, Stream::create($sent->body));
        self::assertSame(200, $answer->getStatusCode());
        $body = (string) $answer->getBody();
        self::assertTrue($sent->isAnsweredBy($answer->getHeaderLine(...), $body));
        self::assertSame('Hello, Zoë', json_decode($body, true)['ops'][0]['v']);
    }

    public function testABodyThatAMiddlewareHasReadIsReadFromItsBeginning(): void
    {
        $sent = SignedRequest::invoke('shop', 'greet', ['name' => 'Zoë']);
        $read = Stream::create($sent->body);
        $read->getContents();
        self::assertSame(200, $this->ask($sent, $read)->getStatusCode());
    }

    public function testABodyThatCannotGoBackIsReadInPieces(): void
    {
        $sent = SignedRequest::invoke('shop', 'greet', ['name' => str_repeat('ä', 300_000)]);
        $piped = new OneWay($sent->body);
        self::assertSame(200, $this->ask($sent, $piped)->getStatusCode());
    }

    public function testWhatIsTooLargeIsRefusedAndNotReadToItsEnd(): void
    {
        $sent = SignedRequest::invoke('shop', 'greet', []);
        $piped = new OneWay(str_repeat(' ', 2 * Limits::REQUEST_BYTES_MAX));
        self::assertSame(413, $this->ask($sent, $piped)->getStatusCode());
        self::assertLessThan(Limits::REQUEST_BYTES_MAX + 200_000, $piped->tell());
    }

    public function testEveryOtherMethodIsRefused(): void
    {
        $answer = $this->handler()->handle(new ServerRequest('GET', '/api/durable'));
        self::assertSame(405, $answer->getStatusCode());
        self::assertSame('POST', $answer->getHeaderLine('allow'));
        self::assertSame('{}', (string) $answer->getBody());
    }

    public function testAChangedBodyIsRefused(): void
    {
        $sent = SignedRequest::invoke('shop', 'greet', ['name' => 'Zoë']);
        self::assertSame(401, $this->ask($sent, Stream::create($sent->body . ' '))->getStatusCode());
    }

    private function ask(SignedRequest $sent, StreamInterface $body): ResponseInterface
    {
        $request = new ServerRequest('POST', 'http://localhost/api/durable', $sent->headers);
        return $this->handler()->handle($request->withBody($body));
    }

    private function handler(): Psr15Handler
    {
        $factory = new Psr17Factory();
        $greet = new DurableFunction(
            id: 'greet',
            handler: static fn (array $event, Step $step): mixed
                => $step->run('greet', static fn (): string => "Hello, {$event['data']['name']}"),
        );
        return new Psr15Handler(new Handler(app: 'shop', functions: [$greet], secret: Secret::DEV), $factory, $factory);
    }
}
