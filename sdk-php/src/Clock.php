<?php

declare(strict_types=1);

namespace Durable;

/** What time it is, for those who measure. */
final class Clock
{
    /** Milliseconds of a clock that never goes back. */
    public static function monotonicMs(): float
    {
        return hrtime(true) / 1_000_000;
    }

    public static function elapsedMs(float $sinceMs): int
    {
        return (int) max(0, round(self::monotonicMs() - $sinceMs));
    }
}
