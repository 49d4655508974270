<?php

declare(strict_types=1);

namespace Durable\Testing;

/** @internal When a failed attempt is followed by another, as an engine would say, without its chance. */
final class Retries
{
    /** Where neither the step nor the function says anything. */
    private const POLICY = ['max' => 4, 'backoff' => 'exponential', 'base_ms' => 1_000, 'factor' => 2, 'max_ms' => 3_600_000];

    /**
     * @param array<string, mixed> $error
     * @param int $attempt That has failed, from 1.
     * @param array<string, mixed>|null $policy As the wire has it.
     * @return int|null Milliseconds; null when it was the last.
     */
    public static function delayMs(array $error, int $attempt, ?array $policy): ?int
    {
        $policy ??= self::POLICY;
        $name = $error['name'] ?? '';
        $isFinal = ($error['retry'] ?? true) === false
            || $attempt >= $policy['max']
            || in_array($name, $policy['stop_on'] ?? [], true)
            || (isset($policy['retry_on']) && !in_array($name, $policy['retry_on'], true));
        if ($isFinal) {
            return null;
        }
        return (int) ($error['retry_after_ms'] ?? min($policy['max_ms'] ?? PHP_INT_MAX, match ($policy['backoff']) {
            'constant' => $policy['base_ms'],
            'linear' => $policy['base_ms'] * $attempt,
            'table' => $policy['table_ms'][min($attempt, count($policy['table_ms'])) - 1],
            default => $policy['base_ms'] * $policy['factor'] ** ($attempt - 1),
        }));
    }
}
