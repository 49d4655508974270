<?php

declare(strict_types=1);

namespace Durable\Wire;

/** Instants on the wire: RFC 3339 in UTC, `2026-10-21T09:00:00.000Z`. */
final class Instant
{
    private const PATTERN = '/^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?Z$/D';

    /**
     * Unix milliseconds, or null when the text is none: another offset than `Z`, a date or time that does not exist, a leap
     * second. Digits beyond the millisecond are cut off.
     */
    public static function parse(string $text): ?int
    {
        if (preg_match(self::PATTERN, $text, $part) !== 1) {
            return null;
        }
        [$year, $month, $day, $hour, $minute, $second] = array_map('intval', array_slice($part, 1, 6));
        if ($hour > 23 || $minute > 59 || $second > 59 || $day < 1 || $month < 1 || $month > 12) {
            return null;
        }
        if ($day > self::daysIn($year, $month)) {
            return null;
        }
        // gmmktime takes years from 0 to 99 for short forms of others, so the days are counted here.
        $seconds = self::daysSince1970($year, $month, $day) * 86_400 + $hour * 3_600 + $minute * 60 + $second;
        return $seconds * 1_000 + (int) str_pad(substr($part[7] ?? '', 0, 3), 3, '0');
    }

    public static function format(int $epochMs): string
    {
        $ms = (($epochMs % 1_000) + 1_000) % 1_000;
        return gmdate('Y-m-d\TH:i:s', intdiv($epochMs - $ms, 1_000)) . sprintf('.%03dZ', $ms);
    }

    public static function now(): string
    {
        return self::format((int) floor(microtime(true) * 1_000));
    }

    /** Unix milliseconds, cut off. */
    public static function epochMs(\DateTimeInterface $date): int
    {
        return (int) $date->format('U') * 1_000 + (int) $date->format('v');
    }

    private static function daysIn(int $year, int $month): int
    {
        $isLeap = ($year % 4 === 0 && $year % 100 !== 0) || $year % 400 === 0;
        return $month === 2 ? ($isLeap ? 29 : 28) : ([4 => 30, 6 => 30, 9 => 30, 11 => 30][$month] ?? 31);
    }

    /** The count of days of the proleptic Gregorian calendar; years are counted from March, so that leap days come last. */
    private static function daysSince1970(int $year, int $month, int $day): int
    {
        $year -= $month <= 2 ? 1 : 0;
        $era = intdiv($year >= 0 ? $year : $year - 399, 400);
        $yearOfEra = $year - $era * 400;
        $dayOfYear = intdiv(153 * ($month + ($month > 2 ? -3 : 9)) + 2, 5) + $day - 1;
        $dayOfEra = $yearOfEra * 365 + intdiv($yearOfEra, 4) - intdiv($yearOfEra, 100) + $dayOfYear;
        return $era * 146_097 + $dayOfEra - 719_468;
    }
}
