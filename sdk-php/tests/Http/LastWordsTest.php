<?php

declare(strict_types=1);

namespace Durable\Tests\Http;

use Durable\Http\LastWords;
use Durable\Http\Response;
use PHPUnit\Framework\TestCase;

/** What a process says at its end, and what it keeps until then. */
final class LastWordsTest extends TestCase
{
    public function testAProcessOfManyRequestsKeepsNothingOfThem(): void
    {
        $serve = static function (): void {
            $words = LastWords::begin();
            $words->watch(static fn (string $why): Response => new Response(200, [], $why));
            $words->over();
        };
        $serve();
        $before = memory_get_usage();
        for ($i = 0; $i < 1_000; $i += 1) {
            $serve();
        }
        self::assertLessThan(4_096, memory_get_usage() - $before);
        self::assertNull(LastWords::current());
    }

    public function testAnAnswerIsMadeWhenMemoryIsUsedUp(): void
    {
        $script = <<<'PHP'
            require $argv[1];
            $words = \Durable\Http\LastWords::begin();
            $words->watch(static fn (string $why) => new \Durable\Http\Response(200, [], $why . str_repeat('.', 8_000_000)));
            for ($kept = [];;) {
                $kept[] = str_repeat('x', 10_000);
            }
            PHP;
        $command = [PHP_BINARY, '-d', 'memory_limit=16M', '-d', 'display_errors=0', '-r', $script, dirname(__DIR__, 2) . '/autoload.php'];
        $process = proc_open($command, [1 => ['pipe', 'w'], 2 => ['file', '/dev/null', 'w']], $pipes);
        $said = (string) stream_get_contents($pipes[1]);
        proc_close($process);
        self::assertStringStartsWith('PHP ended: Allowed memory size', $said);
        self::assertGreaterThan(8_000_000, strlen($said));
    }
}
