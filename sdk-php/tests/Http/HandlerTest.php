<?php

declare(strict_types=1);

namespace Durable\Tests\Http;

use Durable\Attribute\AsFunction;
use Durable\DurableFunction;
use Durable\Exception\InvalidDefinition;
use Durable\Http\Handler;
use Durable\Http\Response;
use Durable\Step;
use Durable\Testing\FakeTransport;
use Durable\Tests\stubs\Lines;
use Durable\Transport\Reply;
use Durable\Transport\Transport;
use Durable\Wire\Secret;
use Durable\Wire\Signature;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** One request from bytes to bytes: who may ask, what is refused, and that no answer says anything about this machine. */
final class HandlerTest extends TestCase
{
    private const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    private const OTHER = 'whsec_dGhlIHNlY3JldCBiZWZvcmUgdGhpcyBvbmUsIDMyIGI=';

    protected function tearDown(): void
    {
        putenv('DURABLE_URL');
        putenv('DURABLE_SECRET');
        parent::tearDown();
    }

    private static function handler(string|array|\Closure|null $secret = self::SECRET, ?Lines $logger = null): Handler
    {
        return new Handler('shop', [
            new DurableFunction('hello', static function (array $event, Step $step): string {
                echo 'printed';
                return "hello {$event['data']['name']}";
            }, trigger: 'greet'),
            new DurableFunction('ask', static function (array $event, Step $step): int {
                $count = 0;
                $step->onQuery('count', static function (mixed $add) use (&$count): int {
                    return $count + (int) $add;
                });
                $count = $step->run('count', static fn (): int => 5);
                return $count;
            }),
        ], secret: $secret, logger: $logger, transport: new FakeTransport());
    }

    /**
     * @param array<string, string> $more
     * @return array<string, string>
     */
    private static function signed(string $body, array $more = [], string $secret = self::SECRET, ?int $timestampS = null): array
    {
        $timestampS ??= time();
        return $more + [
            'Content-Type' => 'application/json',
            'Durable-Protocol' => '1',
            'Webhook-Id' => 'inv_1',
            'Webhook-Timestamp' => (string) $timestampS,
            'Webhook-Signature' => Signature::sign(Secret::parse($secret), 'inv_1', $timestampS, $body),
        ];
    }

    /** @return array<string, mixed> */
    private static function body(Response $response): array
    {
        return json_decode($response->body, true, 512, JSON_THROW_ON_ERROR);
    }

    private static function invoke(string $fn, array $data = ['name' => 'Ann'], array $memo = []): string
    {
        return (string) json_encode([
            'type' => 'invoke',
            'app' => 'shop',
            'fn' => $fn,
            'rev' => '1',
            'run' => ['id' => 'run_1', 'started_at' => '2026-01-01T00:00:00.000Z'],
            'task' => ['kind' => 'advance', 'fence' => 'f'],
            'input' => ['event' => ['id' => 'e', 'name' => 'greet', 'data' => $data, 'time' => '2026-01-01T00:00:00.000Z']],
            'memo' => $memo,
            'memo_next' => null,
            'attempts' => (object) [],
            'budget' => ['ms' => 10_000, 'steps' => 1],
        ]);
    }

    public function testAnInvokeIsAnsweredAndSignedWithTheReplyKey(): void
    {
        $body = self::invoke('hello');
        $response = self::handler()->handle('POST', self::signed($body), $body);
        self::assertSame(200, $response->status);
        self::assertSame('hello Ann', self::body($response)['output']);
        $key = Secret::parse(self::SECRET)->forReplies();
        $headers = $response->headers;
        self::assertSame('inv_1', $headers['webhook-id']);
        self::assertTrue(Signature::verify([$key], 'inv_1', (int) $headers['webhook-timestamp'], $response->body, $headers['webhook-signature']));
        self::expectOutputString('');
    }

    public function testEveryOtherMethodIs405(): void
    {
        foreach (['GET', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'post'] as $method) {
            $response = self::handler()->handle($method, [], 'whatever');
            self::assertSame([405, '{}', 'POST'], [$response->status, $response->body, $response->headers['allow']], $method);
        }
    }

    /** @return iterable<string, array{array<string, string>, string, int, string}> */
    public static function refusals(): iterable
    {
        $ok = self::invoke('hello');
        yield 'another media type' => [['Content-Type' => 'text/plain'], $ok, 415, 'unsupported-media-type'];
        yield 'no media type' => [['Content-Type' => ''], $ok, 415, 'unsupported-media-type'];
        yield 'compressed' => [['Content-Encoding' => 'gzip'], $ok, 415, 'unsupported-encoding'];
        yield 'another protocol' => [['Durable-Protocol' => '2'], $ok, 415, 'unsupported-protocol'];
        yield 'too large' => [[], str_repeat(' ', 4_194_305), 413, 'payload-too-large'];
        yield 'a wrong signature' => [['Webhook-Signature' => 'v1,AAAA'], $ok, 401, 'unauthenticated'];
        yield 'no signature' => [['Webhook-Signature' => ''], $ok, 401, 'unauthenticated'];
        yield 'an id with a dot' => [['Webhook-Id' => 'inv.1'], $ok, 401, 'unauthenticated'];
        yield 'no JSON' => [[], '{', 400, 'malformed-json'];
        yield 'a member twice' => [[], '{"type":"inspect","app":"shop","app":"shop"}', 400, 'duplicate-key'];
        yield 'NUL' => [[], '{"type":"inspect","app":"sh\u0000op"}', 400, 'unsupported-character'];
        yield 'an unknown type' => [[], '{"type":"dance","app":"shop"}', 400, 'malformed-request'];
        yield 'members missing' => [[], '{"type":"invoke","app":"shop","fn":"hello"}', 400, 'malformed-request'];
        yield 'a memo that is none' => [[], str_replace('"memo":[]', '"memo":[1]', $ok), 400, 'malformed-request'];
        yield 'another app' => [[], str_replace('"shop"', '"shoq"', $ok), 404, 'not-found'];
        yield 'another function' => [[], str_replace('"hello"', '"<b>"', $ok), 404, 'not-found'];
    }

    /**
     * @param array<string, string> $headers
     * @dataProvider refusals
     */
    #[DataProvider('refusals')]
    public function testRefusal(array $headers, string $body, int $status, string $code): void
    {
        putenv('DURABLE_CANARY=canary-in-the-environment');
        $response = self::handler()->handle('POST', self::signed($body, $headers), $body);
        self::assertSame([$status, $code], [$response->status, self::body($response)['code']]);
        self::assertSame('application/problem+json', $response->headers['content-type']);
        foreach ([__DIR__, 'canary-in-the-environment', self::SECRET, '.php'] as $secret) {
            self::assertStringNotContainsString($secret, $response->body);
        }
        putenv('DURABLE_CANARY');
    }

    public function testTimesAreHeldToTheClock(): void
    {
        $body = '{"type":"inspect","app":"shop"}';
        foreach ([-301 => 401, -299 => 200, 299 => 200, 302 => 401] as $offset => $status) {
            $headers = self::signed($body, timestampS: time() + $offset);
            self::assertSame($status, self::handler()->handle('POST', $headers, $body)->status, (string) $offset);
        }
    }

    public function testSecretsRotate(): void
    {
        $body = '{"type":"inspect","app":"shop"}';
        $both = [self::OTHER, self::SECRET];
        foreach ([implode(' ', $both), $both, static fn (): array => $both] as $secret) {
            $response = self::handler($secret)->handle('POST', self::signed($body), $body);
            $key = Secret::parse(self::SECRET)->forReplies();
            $headers = $response->headers;
            self::assertTrue(Signature::verify([$key], 'inv_1', (int) $headers['webhook-timestamp'], $response->body, $headers['webhook-signature']));
        }
        $problem = self::handler(static fn (): string => throw new \RuntimeException('vault at 10.0.0.1'))->handle('POST', self::signed($body), $body);
        self::assertSame([503, '1'], [$problem->status, $problem->headers['retry-after']]);
        self::assertStringNotContainsString('10.0.0.1', $problem->body);
    }

    public function testTheSecretOfDevelopmentIsForThisMachineAlone(): void
    {
        $body = '{"type":"inspect","app":"shop"}';
        $headers = self::signed($body, secret: Secret::DEV);
        $handler = self::handler(null);
        self::assertSame(200, $handler->handle('POST', $headers + ['Host' => 'localhost:8000'], $body, '127.0.0.1')->status);
        self::assertSame(200, $handler->handle('POST', $headers + ['Host' => '[::1]:8000'], $body, '::1')->status);
        $byDevServer = $headers + ['Host' => 'localhost', 'X-Forwarded-For' => '::1, ::ffff:127.0.0.1'];
        self::assertSame(200, $handler->handle('POST', $byDevServer, $body, '::1')->status);
        self::assertSame(401, $handler->handle('POST', $headers + ['Host' => 'evil.example'], $body, '127.0.0.1')->status);
        self::assertSame(401, $handler->handle('POST', $headers + ['Host' => 'localhost'], $body, '10.0.0.7')->status);
        foreach (['X-Forwarded-For', 'Forwarded', 'Via'] as $header) {
            $passedOn = $headers + ['Host' => 'localhost', $header => '10.0.0.7'];
            self::assertSame(401, $handler->handle('POST', $passedOn, $body, '127.0.0.1')->status, $header);
        }
        self::assertSame(401, $handler->handle('POST', $headers, $body, '127.0.0.1')->status);
        putenv('DURABLE_URL=https://engine.example');
        self::assertSame(401, self::handler(null)->handle('POST', $headers + ['Host' => 'localhost'], $body, '127.0.0.1')->status);
        putenv('DURABLE_URL');
        putenv('DURABLE_SECRET=' . self::OTHER);
        self::assertSame(401, self::handler(null)->handle('POST', $headers + ['Host' => 'localhost'], $body, '127.0.0.1')->status);
    }

    public function testInspectSaysWhatThereIs(): void
    {
        $body = '{"type":"inspect","app":"another"}';
        $manifest = self::body(self::handler()->handle('POST', self::signed($body), $body));
        self::assertSame(['shop', 'durable-php/0.1.0', ['min' => 1, 'max' => 1]], [$manifest['app'], $manifest['sdk'], $manifest['protocol']]);
        self::assertSame(['hello', 'ask'], array_column($manifest['functions'], 'id'));
        self::assertSame([['event' => 'greet']], $manifest['functions'][0]['triggers']);
        self::assertMatchesRegularExpression('/^sha256:[0-9a-f]{64}$/', $manifest['manifest']);
        $other = new Handler('shop', [new DurableFunction('hello', static fn (): int => 1)], secret: self::SECRET);
        self::assertNotSame($manifest['manifest'], self::body($other->handle('POST', self::signed($body), $body))['manifest']);
    }

    public function testTheManifestIsWrittenOncePerHandler(): void
    {
        $counting = new class () implements \JsonSerializable {
            public int $count = 0;

            public function jsonSerialize(): int
            {
                return $this->count += 1;
            }
        };
        $fn = new DurableFunction('fn', static fn (): int => 1, trigger: ['cron' => '0 9 * * *', 'data' => $counting]);
        $handler = new Handler('shop', [$fn], secret: self::SECRET, deployment: 'dpl_1');
        self::assertSame(0, $counting->count);
        $answers = [];
        foreach ([self::invoke('fn'), '{"type":"inspect","app":"shop"}', self::invoke('fn')] as $body) {
            $answers[] = self::body($handler->handle('POST', self::signed($body), $body));
        }
        self::assertSame(1, $counting->count);
        self::assertCount(1, array_unique(array_column($answers, 'manifest')));
        self::assertSame(['dpl_1', 'shop'], [$answers[1]['deployment'], $answers[1]['app']]);
    }

    public function testAnotherDeploymentRunsNothing(): void
    {
        $body = substr(self::invoke('hello'), 0, -1) . ',"deployment":"dpl_1"}';
        self::assertSame('abandoned', self::body(self::handler()->handle('POST', self::signed($body), $body))['status']);
        $own = new Handler('shop', [new DurableFunction('hello', static fn (): int => 1)], secret: self::SECRET, deployment: 'dpl_1');
        $answer = self::body($own->handle('POST', self::signed($body), $body));
        self::assertSame(['done', 'dpl_1'], [$answer['status'], $answer['deployment']]);
    }

    public function testCallAndQuery(): void
    {
        $call = (string) json_encode([
            'type' => 'call',
            'app' => 'shop',
            'fn' => 'ask',
            'call' => ['id' => 'call_1', 'started_at' => '2026-01-01T00:00:00.000Z'],
            'input' => null,
            'budget' => ['ms' => 1_000],
        ]);
        $answer = self::body(self::handler()->handle('POST', self::signed($call), $call));
        self::assertSame(['done', 5], [$answer['status'], $answer['output']]);

        $query = static fn (string $name): string => (string) json_encode([
            'type' => 'query',
            'app' => 'shop',
            'fn' => 'ask',
            'run' => ['id' => 'run_1', 'started_at' => '2026-01-01T00:00:00.000Z'],
            'event' => ['id' => 'e', 'name' => 'x', 'data' => null, 'time' => '2026-01-01T00:00:00.000Z'],
            'memo' => [['id' => \Durable\Wire\StepId::of('', 'count', 0), 'op' => 'run', 'st' => 'ok', 'v' => 7]],
            'query' => ['name' => $name, 'input' => 10],
            'budget' => ['ms' => 1_000],
        ]);
        $answer = self::body(self::handler()->handle('POST', self::signed($query('count')), $query('count')));
        self::assertSame(['done', 17], [$answer['status'], $answer['output']]);
        $unknown = self::body(self::handler()->handle('POST', self::signed($query('other')), $query('other')));
        self::assertSame(['unknown_query', ['count']], [$unknown['status'], $unknown['known']]);
    }

    public function testAMemoThatIsNotHereIsAskedFor(): void
    {
        putenv('DURABLE_URL=https://engine.example');
        $ref = ['id' => 'blob_1', 'bytes' => 70_000, 'sha256' => str_repeat('0', 64)];
        $memo = [['id' => str_repeat('a', 32), 'op' => 'run', 'st' => 'ok', 'ref' => $ref]];
        $body = self::invoke('hello', memo: $memo);
        // The engine does not say its environment, so there is no way to it.
        self::assertSame('need_memo', self::body(self::handler()->handle('POST', self::signed($body), $body))['status']);
    }

    public function testWhatGoesWrongHereIsLoggedAndNotTold(): void
    {
        $logger = new Lines();
        $transport = new class () implements Transport {
            public function send(string $method, string $url, array $headers, string $body, float $timeoutS): Reply
            {
                throw new \LogicException('the path ' . __FILE__);
            }
        };
        $handler = new Handler(
            'shop',
            [new DurableFunction('hello', static fn (): int => 1)],
            secret: self::SECRET,
            url: 'http://engine.example',
            logger: $logger,
            transport: $transport,
        );
        $message = json_decode(self::invoke('hello'), true);
        $message['input']['event'] = ['id' => 'e', 'name' => 'greet', 'ref' => ['id' => 'b', 'bytes' => 1, 'sha256' => 'x']];
        $message['attempts'] = (object) [];
        $message['engine'] = ['environment' => 'dev', 'capabilities' => []];
        $body = (string) json_encode($message);
        $before = ob_get_level();
        $response = $handler->handle('POST', self::signed($body), $body);
        self::assertSame([500, 'internal', $before], [$response->status, self::body($response)['code'], ob_get_level()]);
        self::assertStringNotContainsString('.php', $response->body);
        self::assertSame('error', $logger->lines[0][0]);
        self::assertInstanceOf(\LogicException::class, $logger->lines[0][2]['exception']);
    }

    public function testHostileMessagesAreRefusedOrAnsweredAndNeverBreak(): void
    {
        $message = json_decode(self::invoke('ask', memo: [['id' => str_repeat('a', 32), 'op' => 'run', 'st' => 'ok', 'v' => 1]]), true);
        $message['attempts'] = ['x' => 1];
        $message['engine'] = ['environment' => 'dev', 'capabilities' => ['checkpoint']];
        $message['known'] = 1;
        $message['input']['events'] = [$message['input']['event'], $message['input']['event']];
        $message['memo'][] = ['id' => \Durable\Wire\StepId::of('', 'count', 0), 'op' => 'run', 'st' => 'ok', 'ref' => ['id' => 'b', 'bytes' => 1, 'sha256' => 'x']];
        $count = 0;
        foreach (self::mutants($message) as $where => $mutant) {
            $body = (string) json_encode($mutant);
            $status = self::handler()->handle('POST', self::signed($body), $body)->status;
            self::assertContains($status, [200, 400, 404, 424], "{$where}: {$body}");
            $count += 1;
        }
        $message['input']['event']['ref'] = ['id' => 'b', 'bytes' => 1, 'sha256' => 'x'];
        foreach (self::mutants($message['input']['event']) as $where => $mutant) {
            $body = (string) json_encode(['input' => ['event' => $mutant]] + $message);
            $status = self::handler()->handle('POST', self::signed($body), $body)->status;
            self::assertContains($status, [400, 424], "{$where}: {$body}");
        }
        self::assertGreaterThan(300, $count);
    }

    /**
     * The message with one member after the other replaced, or left out.
     *
     * @param array<array-key, mixed> $value
     * @return iterable<string, array<array-key, mixed>>
     */
    private static function mutants(array $value): iterable
    {
        foreach ($value as $name => $member) {
            foreach ([null, 0, -1.5, '', 'x', true, [], (object) [], [[]], ['a' => []]] as $other) {
                yield "{$name} = " . json_encode($other) => [$name => $other] + $value;
            }
            $without = $value;
            unset($without[$name]);
            yield "without {$name}" => $without;
            if (is_array($member)) {
                foreach (self::mutants($member) as $where => $mutant) {
                    yield "{$name}.{$where}" => [$name => $mutant] + $value;
                }
            }
        }
    }

    public function testWhatCodePrintsIsNoPartOfAnAnswerHoweverItIsPrinted(): void
    {
        $body = self::invoke('fn');
        $code = static function (): int {
            echo 'sent on';
            ob_end_flush();
            return 1;
        };
        ob_start();
        (new Handler('shop', [new DurableFunction('fn', $code)], secret: self::SECRET))->handle('POST', self::signed($body), $body);
        self::assertSame('', ob_get_clean());
    }

    public function testABufferThatCannotBeDroppedIsNotWaitedFor(): void
    {
        $script = <<<'PHP'
            require $argv[1];
            $code = static function (array $event, \Durable\Step $step): void {
                $step->run('a', static function (): void {
                    ob_start();
                    ob_start(null, 0, 0);
                    echo 'it stays';
                });
            };
            $handler = new \Durable\Http\Handler('shop', [new \Durable\DurableFunction('fn', $code)], secret: $argv[2]);
            fwrite(STDERR, (string) $handler->handle('POST', json_decode($argv[3], true), $argv[4])->status);
            PHP;
        $body = self::invoke('fn');
        $arguments = [dirname(__DIR__, 2) . '/autoload.php', self::SECRET, (string) json_encode(self::signed($body)), $body];
        $command = ['timeout', '10', PHP_BINARY, '-r', $script, ...$arguments];
        $process = proc_open($command, [1 => ['file', '/dev/null', 'w'], 2 => ['pipe', 'w']], $pipes);
        self::assertSame('200', stream_get_contents($pipes[2]));
        proc_close($process);
    }

    public function testAWorkerOfManyRequestsKeepsNothingOfThem(): void
    {
        $fn = new DurableFunction('fn', static function (array $event, Step $step): mixed {
            $step->setState(['at' => 'start']);
            $step->run('large', static fn (): string => str_repeat('x', 10_000));
            return $step->parallel([
                static fn (Step $step) => $step->sleep('nap', '1d'),
                static fn (Step $step) => $step->run('throws', static fn () => throw new \RuntimeException('no')),
            ], fanOut: false);
        });
        $handler = new Handler('shop', [$fn], secret: self::SECRET);
        $memo = [['id' => \Durable\Wire\StepId::of('', 'large', 0), 'op' => 'run', 'st' => 'ok', 'v' => 'x']];
        $serve = static function () use ($handler, $memo): void {
            foreach ([self::invoke('fn'), self::invoke('fn', memo: $memo), '{"type":"inspect","app":"shop"}', '{'] as $body) {
                $handler->handle('POST', self::signed($body), $body);
            }
        };
        foreach ([false, true] as $isWithoutFibers) {
            putenv($isWithoutFibers ? 'DURABLE_NO_FIBERS=1' : 'DURABLE_NO_FIBERS');
            for ($i = 0; $i < 50; $i += 1) {
                $serve();
            }
            gc_collect_cycles();
            $before = memory_get_usage();
            for ($i = 0; $i < 50; $i += 1) {
                $serve();
            }
            gc_collect_cycles();
            self::assertLessThan(20_000, memory_get_usage() - $before);
        }
        putenv('DURABLE_NO_FIBERS');
    }

    public function testNoSecretShowsInADumpOrAStack(): void
    {
        $handler = self::handler();
        $client = new \Durable\Client(app: 'shop', secret: self::SECRET, eventKey: 'evk_hidden', token: 'key_hidden');
        $settings = \Durable\Bridge\Settings::of(['app' => 'shop', 'secret' => self::SECRET, 'api_key' => 'key_hidden', 'event_key' => 'evk_hidden'], true);
        foreach ([$handler, $client, $settings, $settings->sync()] as $object) {
            $dump = print_r($object, true);
            self::assertStringContainsString($object::class, $dump);
            self::assertDoesNotMatchRegularExpression('/whsec_|_hidden/', $dump);
        }
        ini_set('zend.exception_ignore_args', '0');
        try {
            new Handler('a b', [], secret: self::SECRET);
            self::fail('It is no name.');
        } catch (InvalidDefinition $problem) {
            // PHP 8.1 shows all arguments where it is told to show any.
            if (PHP_VERSION_ID >= 80_200) {
                self::assertStringNotContainsString('whsec_', print_r($problem->getTrace()[0], true));
            }
        } finally {
            ini_restore('zend.exception_ignore_args');
        }
    }

    public function testFunctionsThatCannotBeServed(): void
    {
        $fn = new DurableFunction('a', static fn (): int => 1);
        foreach (
            [
                'Two functions of app "shop" have the same id: "a".' => static fn () => new Handler('shop', [$fn, $fn]),
                'The app\'s name "a b" must be' => static fn () => new Handler('a b', []),
                'Unknown named parameter $retires' => static fn () => new Handler('shop', [new #[AsFunction(id: 'x', retires: 3)] class () {
                    public function __invoke(): int
                    {
                        return 1;
                    }
                }]),
                'is no function: it needs the attribute' => static fn () => new Handler('shop', [new \stdClass()]),
            ] as $sentence => $make
        ) {
            try {
                $make();
                self::fail($sentence);
            } catch (InvalidDefinition $problem) {
                self::assertStringContainsString($sentence, $problem->getMessage());
            }
        }
    }
}
