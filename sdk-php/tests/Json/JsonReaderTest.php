<?php

declare(strict_types=1);

namespace Durable\Tests\Json;

use Durable\Json\JsonProblem;
use Durable\Json\JsonReader;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\PreserveGlobalState;
use PHPUnit\Framework\Attributes\RunTestsInSeparateProcesses;
use PHPUnit\Framework\TestCase;

/**
 * Documents as large as a request may be: the vectors of the protocol are small.
 *
 * @runTestsInSeparateProcesses
 * @preserveGlobalState disabled
 */
#[RunTestsInSeparateProcesses]
#[PreserveGlobalState(false)]
final class JsonReaderTest extends TestCase
{
    /** @return iterable<string, array{string}> */
    public static function escapes(): iterable
    {
        yield 'colours of a terminal' => ['\u001b[31m'];
        yield 'pairs' => ['\ud83d\ude00'];
        yield 'backslashes' => ['\\\\'];
    }

    /** @dataProvider escapes */
    #[DataProvider('escapes')]
    public function testAStringOfEscapesIsReadHoweverLongItIs(string $escape): void
    {
        self::withoutJit();
        $string = '"\u001b' . str_repeat($escape, intdiv(4_000_000, strlen($escape))) . '"';
        self::assertSame(json_decode($string), JsonReader::message("{\"data\":{\"a\":{$string}}}")['data']['a']);
        try {
            JsonReader::message(substr($string, 0, -1) . '\u0000"');
            self::fail('NUL was taken.');
        } catch (JsonProblem $problem) {
            self::assertSame(['unsupported-character', strlen($string) - 1], [$problem->problem, $problem->offset]);
        }
    }

    public function testTheFirstByteThatIsNoUtf8IsToldHoweverFarItIs(): void
    {
        self::withoutJit();
        $text = '"' . str_repeat('é', 1_500_000) . "\xff\"";
        try {
            JsonReader::message($text);
            self::fail('It was taken.');
        } catch (JsonProblem $problem) {
            self::assertSame(['invalid-encoding', 3_000_001], [$problem->problem, $problem->offset]);
        }
    }

    /** As in WebAssembly and on hardened systems: what is compiled goes on where what is not gives up. */
    private static function withoutJit(): void
    {
        ini_set('pcre.jit', '0');
    }
}
