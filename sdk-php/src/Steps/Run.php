<?php

declare(strict_types=1);

namespace Durable\Steps;

use Durable\Exception\HeartbeatTimeoutError;
use Durable\Exception\StepTimeoutError;
use Durable\Execution\Failure;
use Durable\Execution\Scope;
use Durable\Execution\StepCall;
use Durable\Execution\Turn;

/** `$step->run`: code that runs once, and whose result is remembered. */
final class Run
{
    public static function ask(Turn $turn, Scope $scope, string $name, callable $code, RunOptions $options): mixed
    {
        $compensation = $options->compensation;
        $undo = $compensation === null
            ? null
            : static fn (string $stepId, mixed $result): array => $compensation->undo($turn, $name, $stepId, $result);
        $call = new StepCall('run', $name, $options->atMostOnce, $options->watch(), undo: $undo);
        return $turn->ask($call, $scope, static function (string $id, int $n) use ($turn, $scope, $name, $code, $options): void {
            $closure = UserCode::closure("Step \"{$name}\": its function", $code);
            $fakes = $turn->options->fakes;
            if (array_key_exists($name, $fakes)) {
                $closure = static fn (): mixed => $fakes[$name];
            }
            $attempt = static fn (): ?array => self::attempt($turn, $id, $name, $n, $closure, $options);
            $identity = ['op' => 'run', 'id' => $id, 'name' => $name, 'n' => $n];
            $turn->start($options->atMostOnce ? static fn (): array => self::once($turn, $identity, $attempt) : $attempt, $scope);
        });
    }

    /**
     * @param array<string, mixed> $identity
     * @param \Closure(): array<string, mixed> $attempt
     * @return array<string, mixed>
     */
    private static function once(Turn $turn, array $identity, \Closure $attempt): array
    {
        $error = self::interrupted($identity['name'], 'Another request has called it already.');
        return OnlyOnce::run("{$turn->runId}/{$identity['id']}", $attempt) ?? $identity + ['st' => 'err', 'error' => $error];
    }

    /** @return array<string, mixed>|null Null when the engine no longer waits for it: another turn runs it again. */
    private static function attempt(
        Turn $turn,
        string $id,
        string $name,
        int $n,
        \Closure $code,
        RunOptions $options,
    ): ?array {
        $op = ['op' => 'run', 'id' => $id, 'name' => $name, 'n' => $n];
        $attempt = $turn->attemptOf($id);
        $body = new Body($turn, $id, $name, $attempt, $options->timeoutMs, $options->heartbeatTimeoutMs);
        $takes = UserCode::takesArguments($code);
        $policyOp = $options->policy === null ? [] : ['retry_policy' => $options->policy];
        $atLast = $options->atMostOnce ? ['error' => self::interrupted($name, 'PHP ended while it ran.')] : [];
        $turn->bodies->runs($op + $policyOp + $atLast);
        $end = $body->run($takes ? $code : static fn (): mixed => $code());
        $turn->bodies->runs(null);
        if ($end->thrown === null) {
            $op += ['st' => 'ok'];
            if ($end->value !== null) {
                $op['v'] = $end->value;
            }
            if ($options->compensation !== null) {
                $op['compensate'] = true;
            }
            return $op + $end->said();
        }
        if ($end->isHungUp && !$options->atMostOnce) {
            $turn->abandon();
            return null;
        }
        $failure = Failure::of($end->thrown);
        $error = $options->atMostOnce
            ? self::interruptedBy($name, $end->thrown, $failure)
            : Failure::decided($options->decide, $attempt, $end->thrown, $failure);
        $op += ['st' => 'err', 'error' => $error];
        return $op + $policyOp + $end->said();
    }

    /**
     * After its time the code has ended somehow, and its result is lost. What it threw itself is known.
     *
     * @param array<string, mixed> $failure
     * @return array<string, mixed>
     */
    private static function interruptedBy(string $name, \Throwable $thrown, array $failure): array
    {
        return $thrown instanceof StepTimeoutError || $thrown instanceof HeartbeatTimeoutError
            ? self::interrupted($name, $failure['message'])
            : $failure;
    }

    /** @return array<string, mixed> */
    private static function interrupted(string $name, string $why): array
    {
        return [
            'name' => 'StepInterruptedError',
            'message' => "Step \"{$name}\" may have run, and its result is not known. It runs at most once, so it is not tried "
                . "again. {$why}",
            'code' => 'interrupted',
            'retry' => false,
        ];
    }
}
