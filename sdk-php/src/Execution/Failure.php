<?php

declare(strict_types=1);

namespace Durable\Execution;

use Durable\Environment;
use Durable\Exception\Coded;
use Durable\Exception\JoinError;
use Durable\Exception\Named;
use Durable\Exception\NonRetriableError;
use Durable\Exception\RetryAfterError;
use Durable\Exception\StepError;
use Durable\Duration;
use Durable\Text;
use Durable\Wire\Limits;

/** What user code threw, as data. */
final class Failure
{
    /**
     * Never throws: what an error says of itself (Named, Coded) is code of the user.
     *
     * @return array<string, mixed>
     */
    public static function of(\Throwable $thrown): array
    {
        try {
            return self::describe($thrown, 0);
        } catch (\Throwable) {
            return ['name' => 'Error', 'message' => 'User code threw something that cannot be described.'];
        }
    }

    /**
     * The last part of the class name, unless the error says another one.
     *
     * @throws \Throwable what an error throws that is asked for its name.
     */
    public static function nameOf(\Throwable $thrown): string
    {
        if ($thrown instanceof Named) {
            return $thrown->errorName();
        }
        $class = $thrown::class;
        // What stands behind the name of an anonymous class is a path.
        $class = str_contains($class, "@anonymous") ? (get_parent_class($thrown) ?: 'Error') : $class;
        return substr((string) strrchr("\\{$class}", '\\'), 1);
    }

    /**
     * What the user's own `retry.decide` says of a failed attempt, in the failure. An error that says itself whether and when
     * to try again is not asked about. One that cannot decide leaves it to the declared delays, and says so.
     *
     * @param array<string, mixed> $failure
     * @return array<string, mixed>
     */
    public static function decided(?callable $decide, int $attempt, \Throwable $thrown, array $failure): array
    {
        $isSaid = ($failure['retry'] ?? true) === false || isset($failure['retry_after_ms']);
        if ($decide === null || $isSaid) {
            return $failure;
        }
        try {
            $decided = $decide($attempt, $thrown);
            if ($decided === 'stop') {
                return ['retry' => false] + $failure;
            }
            $ms = min(max(Duration::ms($decided), Limits::RETRY_DELAY_MS_MIN), Limits::RETRY_DELAY_MS_MAX);
            return ['retry_after_ms' => $ms] + $failure;
        } catch (\Throwable $problem) {
            $message = "{$failure['message']} (retry.decide gave no answer: {$problem->getMessage()})";
            return ['message' => Text::cut($message, Limits::FAILURE_MESSAGE_BYTES_MAX)] + $failure;
        }
    }

    /** @return array<string, mixed> */
    private static function describe(\Throwable $thrown, int $depth): array
    {
        // It has had all its attempts; the same memo would bring the same error again.
        if ($thrown instanceof StepError) {
            return ['retry' => false] + $thrown->failure;
        }
        $failure = [
            'name' => Text::cut(self::nameOf($thrown) ?: 'Error', Limits::ID_CHARACTERS_MAX),
            'message' => Text::cut(self::messageOf($thrown), Limits::FAILURE_MESSAGE_BYTES_MAX),
        ];
        // PDO has texts for codes.
        $code = $thrown instanceof Coded ? $thrown->errorCode() : $thrown->getCode();
        if (is_string($code) && $code !== '') {
            $failure['code'] = Text::cut($code, Limits::ID_CHARACTERS_MAX);
        }
        if ($thrown instanceof NonRetriableError || ($thrown instanceof JoinError && self::isOfStepsAlone($thrown))) {
            $failure['retry'] = false;
        }
        if ($thrown instanceof RetryAfterError) {
            $failure['retry_after_ms'] = min($thrown->retryAfterMs, Limits::RETRY_DELAY_MS_MAX);
        }
        $frame = CodeFrame::of($thrown);
        if ($frame !== null) {
            $failure['frame'] = Text::cut($frame, Limits::FAILURE_MESSAGE_BYTES_MAX);
        }
        if ($depth === 0 && Environment::isDev()) {
            $failure['stack'] = Text::cut(self::stackOf($thrown), Limits::FAILURE_STACK_BYTES_MAX);
        }
        $previous = $thrown->getPrevious();
        if ($previous !== null && $depth < Limits::FAILURE_CAUSES_MAX) {
            $failure['cause'] = self::describe($previous, $depth + 1);
        }
        $step = $failure['cause']['step'] ?? ($thrown instanceof JoinError ? self::stepOfJoin($thrown) : null);
        if ($step !== null) {
            $failure['step'] = $step;
        }
        return $failure;
    }

    /** PHP says in the message of its own errors where it was called, with the path: the frame says that without. */
    private static function messageOf(\Throwable $thrown): string
    {
        return $thrown instanceof \TypeError
            ? (string) preg_replace('~,? (?:called|passed) in \S+ on line \d+~', '', $thrown->getMessage())
            : $thrown->getMessage();
    }

    /** The first of its errors tells the step. */
    private static function stepOfJoin(JoinError $thrown): ?string
    {
        $first = $thrown->errors[0];
        return $first instanceof StepError ? $first->failure['step'] ?? null : null;
    }

    /** Steps that failed for good; the same memo would bring the same errors again. */
    private static function isOfStepsAlone(JoinError $thrown): bool
    {
        foreach ($thrown->errors as $error) {
            if (!$error instanceof StepError) {
                return false;
            }
        }
        return true;
    }

    /** Without arguments: they may be anything, and secret. */
    private static function stackOf(\Throwable $thrown): string
    {
        $lines = [self::nameOf($thrown) . ": {$thrown->getMessage()}", "    at {$thrown->getFile()}:{$thrown->getLine()}"];
        foreach ($thrown->getTrace() as $frame) {
            $call = ($frame['class'] ?? '') . ($frame['type'] ?? '') . $frame['function'];
            $lines[] = "    at {$call} (" . ($frame['file'] ?? 'internal') . ':' . ($frame['line'] ?? 0) . ')';
        }
        return implode("\n", $lines);
    }
}
