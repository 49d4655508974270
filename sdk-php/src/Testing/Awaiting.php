<?php

declare(strict_types=1);

namespace Durable\Testing;

/** @internal Which events an open wait is for, and what it comes to. */
final class Awaiting
{
    /** The event by which a signal comes. */
    public const SIGNAL = 'durable.signal';

    /**
     * @param array<string, mixed> $op
     * @param array<string, mixed> $event
     */
    public static function isFor(array $op, array $event): bool
    {
        if ($op['op'] === 'signal') {
            return $event['name'] === self::SIGNAL && $event['data']['key'] === $op['key'];
        }
        return $op['op'] === 'wait' && self::keyFor($op, $event) !== null;
    }

    /**
     * The event has come.
     *
     * @param array<string, mixed> $op
     * @param array<string, mixed> $event
     * @return array{bool, mixed} Whether that settles it, and its value; else what of it has come by now.
     */
    public static function reach(array $op, array $event): array
    {
        if ($op['op'] === 'signal') {
            return [true, $event['data']['payload']];
        }
        if (isset($op['event'])) {
            return [true, $event];
        }
        $key = (string) self::keyFor($op, $event);
        if (isset($op['any'])) {
            return [true, ['key' => $key, 'event' => $event]];
        }
        $came = ($op['came'] ?? []) + [$key => $event];
        return [count($came) === count($op['all']), $came];
    }

    /**
     * @param array<string, mixed> $op
     * @param array<string, mixed> $event
     * @return string|null Of the awaited event that it is and that has not come; null when it is none of them.
     */
    private static function keyFor(array $op, array $event): ?string
    {
        foreach ($op['any'] ?? $op['all'] ?? [$op + ['key' => '']] as $awaited) {
            if (!isset($op['came'][$awaited['key']]) && self::matches($awaited, $event)) {
                return $awaited['key'];
            }
        }
        return null;
    }

    /**
     * @param array<string, mixed> $awaited
     * @param array<string, mixed> $event
     */
    private static function matches(array $awaited, array $event): bool
    {
        if (isset($awaited['if'])) {
            throw new \LogicException('The tester knows no expressions: what waits with "if" is tested against an engine.');
        }
        if ($awaited['event'] !== $event['name']) {
            return false;
        }
        foreach ($awaited['match'] ?? [] as $path => $value) {
            $found = $event['data'];
            foreach (explode('.', (string) $path) as $member) {
                $found = is_array($found) || $found instanceof \ArrayAccess ? $found[$member] ?? null : null;
            }
            if ($found !== $value) {
                return false;
            }
        }
        return true;
    }
}
