<?php

declare(strict_types=1);

namespace Durable\Client;

use Durable\Duration;
use Durable\Exception\InvalidOption;
use Durable\Options\Shown;
use Durable\Wire\Limits;

/** What a run token shows, and how long. */
final class RunToken
{
    private const FIELDS = ['status', 'state', 'progress', 'steps', 'output', 'failure'];

    /**
     * @param list<string> $fields
     * @return list<string> Each once.
     * @throws InvalidOption
     */
    public static function fields(array $fields): array
    {
        $strange = array_values(array_diff($fields, self::FIELDS));
        if ($fields !== [] && $strange === []) {
            return array_values(array_unique($fields));
        }
        $what = $fields === [] ? 'shows nothing' : 'cannot show ' . Shown::text($strange[0]);
        throw new InvalidOption("A run token {$what}; fields are some of " . implode(', ', self::FIELDS) . '.');
    }

    /**
     * @return int Seconds.
     * @throws InvalidOption
     */
    public static function seconds(mixed $expiresIn): int
    {
        $seconds = intdiv(Duration::ms($expiresIn), 1_000);
        if ($seconds >= 1 && $seconds <= Limits::RUN_TOKEN_S_MAX) {
            return $seconds;
        }
        throw new InvalidOption('A run token lasts 1 second to 7 days; expiresIn is ' . Shown::text($expiresIn) . '.');
    }
}
