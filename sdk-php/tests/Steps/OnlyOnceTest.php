<?php

declare(strict_types=1);

namespace Durable\Tests\Steps;

use Durable\Execution\PrivateFolder;
use Durable\Execution\Silence;
use Durable\Json\RawJson;
use Durable\Steps\OnlyOnce;
use PHPUnit\Framework\TestCase;

/** What processes tell each other by files, and that these do not pile up. */
final class OnlyOnceTest extends TestCase
{
    private static function folder(): string
    {
        return (string) PrivateFolder::path();
    }

    /** A file as a process has left it so many seconds ago. */
    private static function left(string $name, int $agoS, string $text = ''): string
    {
        $path = self::folder() . "/{$name}-" . bin2hex(random_bytes(8));
        file_put_contents($path, $text);
        touch($path, time() - $agoS);
        return $path;
    }

    public function testWhoComesSecondIsGivenWhatCameOfTheFirst(): void
    {
        $key = bin2hex(random_bytes(8));
        $ran = 0;
        $call = static function () use (&$ran): array {
            $ran += 1;
            return ['op' => 'run', 'st' => 'ok', 'v' => new RawJson('{"n":1}'), 'logs' => [1]];
        };
        $first = OnlyOnce::run($key, $call);
        $second = OnlyOnce::run($key, $call);
        self::assertSame(1, $ran);
        self::assertEquals(new RawJson('{"n":1}'), $first['v']);
        self::assertEquals(['v' => new RawJson('{"n":1}'), 'op' => 'run', 'st' => 'ok'], $second);
    }

    public function testMarksAreTakenAwayNowAndThenAndNotAtEachCall(): void
    {
        $call = static fn (): array => ['op' => 'run', 'st' => 'ok'];
        touch(self::folder() . '/pruned', time() - 3_600);
        [$old, $result] = [self::left('once', 4_000), self::left('once', 100, '{"v":"\"secret\""}')];
        clearstatcache();
        OnlyOnce::run(bin2hex(random_bytes(8)), $call);
        clearstatcache();
        self::assertFileDoesNotExist($old);
        self::assertSame('called', file_get_contents($result));
        // However many there are, a call does not go through all of them.
        $old = self::left('once', 4_000);
        OnlyOnce::run(bin2hex(random_bytes(8)), $call);
        self::assertFileExists($old);
        unlink($old);
        unlink($result);
    }

    public function testMarksOfSilentEnginesGoWithTheirTime(): void
    {
        $old = self::left('silent', 60);
        $silence = new Silence('http://' . bin2hex(random_bytes(8)) . '.example');
        self::assertFalse($silence->isRecent());
        $silence->remember();
        self::assertTrue($silence->isRecent());
        clearstatcache();
        self::assertFileDoesNotExist($old);
    }
}
