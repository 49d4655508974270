<?php

declare(strict_types=1);

namespace Durable\Tests\Execution;

use Durable\DurableFunction;
use Durable\Execution\Fibers;
use Durable\Execution\FunctionRun;
use Durable\Execution\TurnOptions;
use Durable\Json\RawJson;
use Durable\Json\Value;
use Durable\Wire\StepId;
use PHPUnit\Framework\TestCase;

/** One turn at a time, in each of the two ways in which code can be stopped. */
abstract class TurnCase extends TestCase
{
    protected function tearDown(): void
    {
        putenv('DURABLE_NO_FIBERS');
        putenv('DURABLE_URL');
        parent::tearDown();
    }

    /** @return array<string, array{string}> Where there are Fibers, both. */
    public static function modes(): array
    {
        $rerun = ['called again from the top' => ['rerun']];
        return Fibers::areUsable() ? ['in a Fiber' => ['fiber']] + $rerun : $rerun;
    }

    protected static function use(string $mode): void
    {
        putenv($mode === 'rerun' ? 'DURABLE_NO_FIBERS=1' : 'DURABLE_NO_FIBERS');
    }

    /**
     * @param list<array<string, mixed>> $memo
     * @param array<string, mixed> $more
     * @return array<string, mixed> With values instead of JSON.
     */
    protected static function turn(
        callable $handler,
        array $memo = [],
        array $more = [],
        TurnOptions $options = new TurnOptions(),
        mixed ...$function,
    ): array {
        $fn = new DurableFunction('fn', $handler, ...$function);
        $answer = (new FunctionRun($fn, $more + self::request($memo), $options))->answer();
        unset($answer['app_ms']);
        return self::plain($answer);
    }

    /**
     * @param list<array<string, mixed>> $memo
     * @return array<string, mixed>
     */
    protected static function request(array $memo = []): array
    {
        return [
            'app' => 'shop',
            'fn' => 'fn',
            'run' => ['id' => 'run_1', 'started_at' => '2026-01-01T00:00:00.000Z'],
            'task' => ['kind' => 'advance', 'fence' => 'f1'],
            'input' => ['event' => ['id' => 'evt', 'name' => 'e', 'data' => ['order' => 42], 'time' => '2026-01-01T00:00:00.000Z']],
            'memo' => $memo,
            'memo_next' => null,
            'attempts' => [],
            'budget' => ['ms' => 60_000, 'steps' => 1],
        ];
    }

    /** @return array<string, mixed> An entry of the memo. */
    protected static function ok(string $name, mixed $value = null, string $op = 'run', int $n = 0, string $scope = ''): array
    {
        return ['id' => StepId::of($scope, $name, $n), 'op' => $op, 'st' => 'ok', 'v' => $value];
    }

    /** @return array<string, mixed> */
    protected static function err(string $name, string $error, string $op = 'run', int $n = 0): array
    {
        return ['id' => StepId::of('', $name, $n), 'op' => $op, 'st' => 'err', 'error' => ['name' => $error, 'message' => "it was {$error}"]];
    }

    /** @return array<string, mixed> */
    protected static function pending(string $name, string $op, int $n = 0, string $scope = ''): array
    {
        return ['id' => StepId::of($scope, $name, $n), 'op' => $op, 'st' => 'pending'];
    }

    /** @return list<string> */
    protected static function names(array $answer): array
    {
        return array_column($answer['ops'] ?? [], 'name');
    }

    private static function plain(mixed $value): mixed
    {
        if ($value instanceof RawJson) {
            return Value::of($value);
        }
        return is_array($value) ? array_map(self::plain(...), $value) : $value;
    }
}
