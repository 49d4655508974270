<?php

declare(strict_types=1);

namespace Durable\Steps;

use Durable\Exception\NonRetriableError;
use Durable\Execution\Scope;
use Durable\Execution\StepCall;
use Durable\Execution\Turn;
use Durable\Options\Shown;
use Durable\Wire\Instant;
use Durable\Wire\Limits;

/** `$step->sleep` and `$step->sleepUntil`. */
final class Sleep
{
    public static function forDuration(Turn $turn, Scope $scope, string $name, mixed $duration): void
    {
        $turn->ask(new StepCall('sleep', $name), $scope, static function (string $id, int $n) use ($turn, $scope, $name, $duration): void {
            $ms = Bounded::ms("Step \"{$name}\"", $duration);
            $turn->report(['op' => 'sleep', 'id' => $id, 'name' => $name, 'n' => $n, 'ms' => $ms], $scope);
        });
    }

    public static function until(Turn $turn, Scope $scope, string $name, mixed $instant): void
    {
        $turn->ask(new StepCall('sleep', $name), $scope, static function (string $id, int $n) use ($turn, $scope, $name, $instant): void {
            $until = self::instant($name, $instant);
            $turn->report(['op' => 'sleep', 'id' => $id, 'name' => $name, 'n' => $n, 'until' => $until], $scope);
        });
    }

    private static function instant(string $name, mixed $instant): string
    {
        $ms = Bounded::epochMs($instant);
        if ($ms === null) {
            throw new NonRetriableError(
                "Step \"{$name}\": " . Shown::text($instant) . ' is no instant. Pass a DateTimeInterface or text with its zone, such '
                . 'as "2026-10-21T09:00:00Z".',
            );
        }
        if ($ms - microtime(true) * 1_000 > Limits::SLEEP_MS_MAX) {
            throw new NonRetriableError("Step \"{$name}\": at most 366 days ahead are possible, and this is later.");
        }
        // Before the year 0 the wire has no text for it; the past is the past.
        return Instant::format(max(0, $ms));
    }
}
