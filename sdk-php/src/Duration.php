<?php

declare(strict_types=1);

namespace Durable;

use Durable\Exception\InvalidOption;

/** One reading of durations, everywhere: "2d", "1h 30m", "90s", "250ms", milliseconds, or a DateInterval. */
final class Duration
{
    private const UNITS_MS = ['ms' => 1, 's' => 1_000, 'm' => 60_000, 'h' => 3_600_000, 'd' => 86_400_000, 'w' => 604_800_000];
    private const WHOLE = '/^(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+$/D';

    /**
     * Milliseconds, whole and not negative.
     *
     * @throws InvalidOption that names the accepted forms for anything else.
     */
    public static function ms(mixed $duration): int
    {
        $ms = match (true) {
            is_int($duration), is_float($duration) => $duration,
            is_string($duration) => self::ofText($duration),
            $duration instanceof \DateInterval => self::ofInterval($duration),
            default => null,
        };
        if ($ms !== null && is_finite($ms) && $ms >= 0 && $ms < PHP_INT_MAX / 2) {
            return (int) round($ms);
        }
        throw new InvalidOption(
            Options\Shown::text($duration) . ' is no duration. Write "2d", "1h30m", "90s", "250ms", a number of milliseconds, or '
            . 'pass a DateInterval without months and years, whose length varies.',
        );
    }

    /**
     * Of one attempt: at least 1 ms, for what has no time is never done.
     *
     * @throws InvalidOption
     */
    public static function attemptMs(mixed $timeout): int
    {
        $ms = self::ms($timeout);
        if ($ms >= 1) {
            return $ms;
        }
        throw new InvalidOption(
            'a timeout of ' . Options\Shown::text($timeout) . ' leaves no time at all. Leave it out where there is none.',
        );
    }

    private static function ofText(string $text): ?float
    {
        $compact = strtolower(str_replace(' ', '', $text));
        if (preg_match(self::WHOLE, $compact) !== 1) {
            return null;
        }
        preg_match_all('/(\d+(?:\.\d+)?)(ms|[smhdw])/', $compact, $parts, PREG_SET_ORDER);
        $ms = 0.0;
        foreach ($parts as [, $amount, $unit]) {
            $ms += (float) $amount * self::UNITS_MS[$unit];
        }
        return $ms;
    }

    private static function ofInterval(\DateInterval $interval): ?float
    {
        // What a difference of two dates says of its days counts months and years too.
        $hasDays = is_int($interval->days);
        if (!$hasDays && ($interval->y !== 0 || $interval->m !== 0)) {
            return null;
        }
        $days = $hasDays ? $interval->days : $interval->d;
        $ms = ((($days * 24 + $interval->h) * 60 + $interval->i) * 60 + $interval->s + $interval->f) * 1_000;
        return $interval->invert === 1 && $ms > 0 ? null : $ms;
    }
}
