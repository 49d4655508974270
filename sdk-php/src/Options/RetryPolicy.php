<?php

declare(strict_types=1);

namespace Durable\Options;

use Durable\Duration;
use Durable\Exception\InvalidOption;
use Durable\Text;
use Durable\Wire\Limits;

/**
 * How often and when a failed step is tried again: `max` (all attempts, the first included; 4), `backoff` ("exponential",
 * "linear", "constant", or the delays themselves), `base` (1 s), `factor` (2), `maxDelay` (1 h), `jitter` (true),
 * `maxDuration`, `retryOn` and `stopOn` (names of errors), `decide` (asked after each failed attempt: a duration or "stop").
 */
final class RetryPolicy
{
    private const MEMBERS = [
        'max', 'backoff', 'base', 'factor', 'maxDelay', 'jitter', 'maxDuration', 'retryOn', 'stopOn', 'decide', 'onExhausted',
    ];

    /**
     * As the wire says it; what a step does not say is the function's.
     *
     * @param array<string, mixed> $ofFunction
     * @return array<string, mixed>
     * @throws InvalidOption with the bounds, for what the engine could not accept.
     */
    public static function onWire(mixed $options, array $ofFunction = []): array
    {
        $options = Options::checked('retry', $options, self::MEMBERS);
        $said = $options + $ofFunction;
        $delays = self::delays($said['backoff'] ?? 'exponential');
        $table = $delays['table_ms'] ?? null;
        // A number of attempts that was chosen for other delays says nothing about a table, or a function, of the step's own.
        $isOwn = is_array($options['backoff'] ?? null) || isset($options['decide']);
        $max = ($isOwn ? $options['max'] ?? null : $said['max'] ?? null) ?? self::maxFor($said, $table);
        if (!is_int($max) || $max < 1 || $max > Limits::ATTEMPTS_MAX) {
            throw new InvalidOption(
                'retry.max counts all attempts: a whole number from 1 to 1000, not ' . Shown::text($max) . '.',
            );
        }
        $factor = $said['factor'] ?? 2;
        if (!(is_int($factor) || is_float($factor)) || !($factor >= 1 && $factor <= 100)) {
            throw new InvalidOption('retry.factor must be a number from 1 to 100, not ' . Shown::text($factor) . '.');
        }
        if (isset($said['decide']) && !is_callable($said['decide'])) {
            throw new InvalidOption('retry.decide must be a function (int $attempt, Throwable $error): duration or "stop".');
        }
        $policy = ['max' => $max] + $delays + [
            'base_ms' => self::delayMs($said['base'] ?? 1_000),
            'factor' => $factor,
            'max_ms' => self::delayMs($said['maxDelay'] ?? ($table === null ? 3_600_000 : Limits::RETRY_DELAY_MS_MAX)),
            'jitter' => (bool) ($said['jitter'] ?? $table === null),
        ];
        foreach (['retryOn' => 'retry_on', 'stopOn' => 'stop_on'] as $member => $onWire) {
            if (isset($said[$member])) {
                $policy[$onWire] = self::names($member, $said[$member]);
            }
        }
        if (isset($said['maxDuration'])) {
            $policy['max_duration_ms'] = min(max(Duration::ms($said['maxDuration']), 1), Limits::SLEEP_MS_MAX);
        }
        if (isset($said['onExhausted'])) {
            $policy['on_exhausted'] = Bounds::oneOf('onExhausted', $said['onExhausted'], ['fail', 'pause']);
        }
        return $policy;
    }

    /**
     * `retry` and `onExhausted` stand beside each other in a function and in a step. Whatever was given as `retry` is judged
     * as it is.
     */
    public static function withOnExhausted(mixed $retry, ?string $onExhausted): mixed
    {
        $isSaid = is_array($retry) || $retry === null;
        return $isSaid && $onExhausted !== null ? ['onExhausted' => $onExhausted] + ($retry ?? []) : $retry ?? [];
    }

    /** Where `decide` is asked: a step that names its own delays does not want those of the function's. */
    public static function decideOf(mixed $retry, array $ofFunction): ?callable
    {
        $own = is_array($retry) ? $retry : [];
        return $own['decide'] ?? (isset($own['backoff']) ? null : $ofFunction['decide'] ?? null);
    }

    /**
     * @param array<string, mixed> $said
     * @param list<int>|null $table
     */
    private static function maxFor(array $said, ?array $table): int
    {
        if (isset($said['decide'])) {
            return Limits::ATTEMPTS_MAX;
        }
        return $table === null ? 4 : count($table) + 1;
    }

    /** @return array{backoff: string, table_ms?: list<int>} */
    private static function delays(mixed $backoff): array
    {
        if (!is_array($backoff)) {
            return ['backoff' => Bounds::oneOf('retry.backoff', $backoff, ['exponential', 'linear', 'constant'])];
        }
        if ($backoff === [] || count($backoff) > Limits::RETRY_TABLE_MAX) {
            throw new InvalidOption('retry.backoff as a table has 1 to 100 delays, not ' . count($backoff) . '.');
        }
        return ['backoff' => 'table', 'table_ms' => array_map(self::delayMs(...), array_values($backoff))];
    }

    /** @return list<string> */
    private static function names(string $member, mixed $names): array
    {
        $isGood = is_array($names) && array_is_list($names) && count($names) <= Limits::ERROR_NAMES_MAX;
        foreach ($isGood ? $names : [] as $name) {
            $isGood = $isGood && is_string($name) && $name !== '' && Text::canTravel($name) && mb_strlen($name) <= Limits::ID_CHARACTERS_MAX;
        }
        if (!$isGood) {
            throw new InvalidOption(
                "retry.{$member} must be a list of up to 100 names of errors, each of 1 to 200 characters.",
            );
        }
        // Errors are known by the last part of their class name.
        return array_map(static fn (string $name): string => substr((string) strrchr("\\{$name}", '\\'), 1), $names);
    }

    private static function delayMs(mixed $duration): int
    {
        return min(max(Duration::ms($duration), Limits::RETRY_DELAY_MS_MIN), Limits::RETRY_DELAY_MS_MAX);
    }
}
