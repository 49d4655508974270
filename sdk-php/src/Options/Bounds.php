<?php

declare(strict_types=1);

namespace Durable\Options;

use Durable\Duration;
use Durable\Exception\InvalidOption;
use Durable\Wire\Limits;

/** What numbers, words, times and keys of options must be. Each throws InvalidOption with a sentence. */
final class Bounds
{
    public static function wholeNumber(string $subject, mixed $value, int $max, int $min = 1): int
    {
        if (is_int($value) && $value >= $min && $value <= $max) {
            return $value;
        }
        throw new InvalidOption(
            sprintf('%s must be a whole number from %d to %d, and is %s.', $subject, $min, $max, Shown::text($value)),
        );
    }

    /** @param list<string> $words */
    public static function oneOf(string $subject, mixed $value, array $words): string
    {
        if (is_string($value) && in_array($value, $words, true)) {
            return $value;
        }
        $quoted = implode(' or ', array_map(static fn (string $word): string => "\"{$word}\"", $words));
        throw new InvalidOption("{$subject} must be {$quoted}, and is " . Shown::text($value) . '.');
    }

    /** @return string|array{cel: string} */
    public static function key(string $subject, mixed $key): string|array
    {
        if (is_string($key) && $key !== '') {
            return $key;
        }
        return ['cel' => self::cel($subject, $key)];
    }

    public static function cel(string $subject, mixed $value): string
    {
        $cel = is_array($value) ? ($value['cel'] ?? null) : null;
        if (is_string($cel) && $cel !== '' && count((array) $value) === 1) {
            return $cel;
        }
        throw new InvalidOption(
            "{$subject} must be a path into event.data, such as \"tenantId\", or ['cel' => 'an expression over event'].",
        );
    }

    public static function periodMs(string $subject, mixed $period): int
    {
        if ($period === null) {
            throw new InvalidOption("{$subject} is missing.");
        }
        $ms = Duration::ms($period);
        if ($ms >= 1 && $ms <= Limits::SLEEP_MS_MAX) {
            return $ms;
        }
        throw new InvalidOption("{$subject} must be between 1 ms and 366 days.");
    }
}
