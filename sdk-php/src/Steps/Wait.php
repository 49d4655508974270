<?php

declare(strict_types=1);

namespace Durable\Steps;

use Durable\Exception\NonRetriableError;
use Durable\Execution\Scope;
use Durable\Execution\StepCall;
use Durable\Execution\Turn;
use Durable\Wire\Limits;

/** `$step->waitForEvent`, `waitForAny` and `waitForAll`. */
final class Wait
{
    /** @param array<string, mixed>|string $awaited */
    public static function forEvent(Turn $turn, Scope $scope, string $name, array|string $awaited, mixed $timeout): mixed
    {
        $fits = static fn (mixed $value): bool => $value === null || self::isEvent($value);
        return $turn->ask(
            new StepCall('wait', $name, fits: $fits),
            $scope,
            static function (string $id, int $n) use ($turn, $scope, $name, $awaited, $timeout): void {
                $subject = "Step \"{$name}\"";
                if (is_array($awaited) && array_key_exists('timeout', $awaited)) {
                    $timeout ??= $awaited['timeout'];
                    unset($awaited['timeout']);
                }
                $turn->report(
                    ['op' => 'wait', 'id' => $id, 'name' => $name, 'n' => $n]
                        + Awaited::onWire($subject, $awaited) + self::timeout($subject, $timeout),
                    $scope,
                );
            },
        );
    }

    /** @param array<array-key, array<string, mixed>|string> $events */
    public static function forAny(Turn $turn, Scope $scope, string $name, array $events, mixed $timeout): mixed
    {
        $fits = static fn (mixed $value): bool => $value === null
            || (is_array($value) && is_string($value['key'] ?? null) && self::isEvent($value['event'] ?? null));
        $isList = array_is_list($events);
        $read = static fn (mixed $first): mixed => $first === null || !$isList
            ? $first
            : ['key' => (int) $first['key'], 'event' => $first['event']];
        return self::forSeveral($turn, $scope, $name, 'any', $events, $timeout, $fits, $read);
    }

    /** @param array<array-key, array<string, mixed>|string> $events */
    public static function forAll(Turn $turn, Scope $scope, string $name, array $events, mixed $timeout): mixed
    {
        $fits = static function (mixed $value): bool {
            foreach (is_iterable($value) ? $value : [] as $event) {
                if (!self::isEvent($event)) {
                    return false;
                }
            }
            return $value === null || is_iterable($value);
        };
        $read = static function (mixed $all) use ($events): ?array {
            if ($all === null) {
                return null;
            }
            $byKey = [];
            foreach (array_keys($events) as $key) {
                $byKey[$key] = $all[$key] ?? null;
            }
            return $byKey;
        };
        return self::forSeveral($turn, $scope, $name, 'all', $events, $timeout, $fits, $read);
    }

    /** @return array<string, int> */
    public static function timeout(string $subject, mixed $timeout): array
    {
        return $timeout === null ? [] : ['timeout_ms' => Bounded::ms($subject, $timeout)];
    }

    /** @param array<array-key, array<string, mixed>|string> $events */
    private static function forSeveral(
        Turn $turn,
        Scope $scope,
        string $name,
        string $which,
        array $events,
        mixed $timeout,
        \Closure $fits,
        \Closure $read,
    ): mixed {
        $begin = static function (string $id, int $n) use ($turn, $scope, $name, $which, $events, $timeout): void {
            $subject = "Step \"{$name}\"";
            $turn->report(
                ['op' => 'wait', 'id' => $id, 'name' => $name, 'n' => $n, $which => self::several($subject, $events)]
                    + self::timeout($subject, $timeout),
                $scope,
            );
        };
        return $turn->ask(new StepCall('wait', $name, fits: $fits, read: $read), $scope, $begin);
    }

    /**
     * A list has its places as keys, another array its names.
     *
     * @param array<array-key, array<string, mixed>|string> $events
     * @return list<array<string, mixed>>
     */
    private static function several(string $subject, array $events): array
    {
        $count = count($events);
        if ($count === 0 || $count > Limits::AWAITED_EVENTS_MAX) {
            throw new NonRetriableError("{$subject}: name 1 to 50 events; these are {$count}.");
        }
        $keyed = [];
        foreach ($events as $key => $awaited) {
            $key = (string) $key;
            if ($key === '' || mb_strlen($key) > Limits::ID_CHARACTERS_MAX) {
                throw new NonRetriableError("{$subject}: a name of an event has 1 to 200 characters.");
            }
            $keyed[] = ['key' => $key] + Awaited::onWire("{$subject}, \"{$key}\"", $awaited);
        }
        return $keyed;
    }

    private static function isEvent(mixed $value): bool
    {
        return is_array($value) && is_string($value['id'] ?? null) && is_string($value['name'] ?? null);
    }
}
