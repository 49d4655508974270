<?php

declare(strict_types=1);

namespace Durable\Steps;

use Durable\Duration;
use Durable\Exception\InvalidOption;
use Durable\Exception\NonRetriableError;
use Durable\Wire\Instant;
use Durable\Wire\Limits;

/** Milliseconds of a sleep, or of the timeout of a wait. */
final class Bounded
{
    /**
     * @param string $subject How a sentence about it begins: `Step "cooldown"`.
     * @throws NonRetriableError when it is no duration or longer than 366 days: another attempt would not change it.
     */
    public static function ms(string $subject, mixed $duration): int
    {
        try {
            $ms = Duration::ms($duration);
        } catch (InvalidOption $problem) {
            throw new NonRetriableError("{$subject}: {$problem->getMessage()}");
        }
        if ($ms <= Limits::SLEEP_MS_MAX) {
            return $ms;
        }
        throw new NonRetriableError("{$subject}: at most 366 days are possible, and this is longer.");
    }

    /** Unix milliseconds; null for what is no moment. A text needs its zone, or it means another one on every machine. */
    public static function epochMs(mixed $instant): ?int
    {
        if (is_string($instant)) {
            $pattern = '/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/iD';
            if (preg_match($pattern, $instant) !== 1) {
                return null;
            }
            try {
                $instant = new \DateTimeImmutable($instant);
            } catch (\Exception) {
                return null;
            }
        }
        return $instant instanceof \DateTimeInterface
            ? Instant::epochMs($instant)
            : null;
    }
}
