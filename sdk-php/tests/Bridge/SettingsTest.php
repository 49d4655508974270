<?php

declare(strict_types=1);

namespace Durable\Tests\Bridge;

use Durable\Bridge\FunctionList;
use Durable\Bridge\Settings;
use Durable\DurableFunction;
use Durable\Exception\DurableRequestError;
use Durable\Testing\FakeTransport;
use Durable\Tests\stubs\SignedRequest;
use Durable\Wire\Secret;
use PHPUnit\Framework\TestCase;

final class SettingsTest extends TestCase
{
    private const NONE = ['DURABLE_SECRET', 'DURABLE_URL', 'DURABLE_DEV', 'DURABLE_API_KEY', 'DURABLE_ADMIN_TOKEN', 'APP_ENV', 'NODE_ENV'];

    /** @var array<string, string|false> */
    private array $before = [];

    protected function setUp(): void
    {
        foreach (self::NONE as $name) {
            $this->before[$name] = getenv($name);
            putenv($name);
        }
    }

    protected function tearDown(): void
    {
        foreach ($this->before as $name => $value) {
            putenv($value === false ? $name : "{$name}={$value}");
        }
    }

    public function testWithoutASecretOnlyDevelopmentWithAnEngineOnThisMachineBelievesTheOneOfDevMode(): void
    {
        self::assertSame(200, $this->statusOf([], false));
        self::assertSame(200, $this->statusOf(['url' => 'http://127.0.0.1:4400'], false));
        self::assertSame(401, $this->statusOf([], true));
        self::assertSame(401, $this->statusOf(['url' => 'http://127.0.0.1:4400'], true));
        self::assertSame(401, $this->statusOf(['url' => 'https://engine.example.com'], false));
        // As a file of variables leaves it that names one and sets none.
        self::assertSame(401, $this->statusOf(['secret' => ''], true));
        self::assertSame(200, $this->statusOf(['secret' => Secret::DEV], true));
    }

    public function testASyncIsByAPersonWhereThereIsAKeyOrDevelopmentAndSignedElsewhere(): void
    {
        $answer = ['app' => 'shop', 'environment' => 'dev', 'url' => 'https://a/', 'added' => [['id' => 'f', 'version' => 1]]]
            + ['changed' => [], 'removed' => [], 'unchanged' => []];
        $headersWith = function (array $config, bool $isProduction) use ($answer): array {
            $transport = (new FakeTransport())->willAnswer(200, $answer);
            $lines = Settings::of(['app' => 'shop'] + $config, $isProduction)->sync($transport)->run('https://a/');
            self::assertSame(['shop/dev is at https://a/', '  added     f, version 1'], $lines);
            self::assertSame('/v1/apps/shop/dev/sync', $transport->requests[0]['path']);
            self::assertSame('https://a/', $transport->requests[0]['body']['url']);
            return $transport->requests[0]['headers'];
        };
        self::assertSame('Bearer dk_1', $headersWith(['api_key' => 'dk_1', 'secret' => Secret::DEV], true)['authorization']);
        self::assertArrayNotHasKey('webhook-signature', $headersWith([], false));
        self::assertArrayHasKey('webhook-signature', $headersWith(['secret' => Secret::DEV], true));
    }

    public function testASyncThatIsRefusedSaysWhy(): void
    {
        $transport = (new FakeTransport())->willAnswer(422, ['title' => 'The app did not answer', 'detail' => 'No.', 'code' => 'inspect-failed']);
        $this->expectException(DurableRequestError::class);
        $this->expectExceptionMessage('The engine answered 422. The app did not answer: No.');
        Settings::of(['app' => 'shop'], false)->sync($transport)->run(null);
    }

    public function testTheListShowsWhatStartsAFunctionAndWhatLimitsIt(): void
    {
        $handler = Settings::of(['app' => 'shop'], false)->handler([
            new DurableFunction(id: 'a', handler: static fn () => 1, triggers: [
                ['event' => 'order.placed', 'if' => 'event.data.total > 10'],
                ['cron' => '0 9 * * *', 'tz' => 'Europe/Zurich'],
            ], concurrency: 2, singleton: ['mode' => 'skip']),
            new DurableFunction(id: 'b', handler: static fn () => 1),
        ], null);
        self::assertSame([
            ['a', "event order.placed if event.data.total > 10\ncron 0 9 * * * Europe/Zurich", 'concurrency, singleton'],
            ['b', 'by hand', ''],
        ], FunctionList::rows($handler));
    }

    /** @param array<string, mixed> $config */
    private function statusOf(array $config, bool $isProduction): int
    {
        $sent = SignedRequest::of(['type' => 'inspect', 'app' => 'shop']);
        $handler = Settings::of(['app' => 'shop'] + $config, $isProduction)->handler([], null);
        return $handler->handle('POST', $sent->headers + ['Host' => 'localhost'], $sent->body, '127.0.0.1')->status;
    }
}
