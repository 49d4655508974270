<?php

declare(strict_types=1);

namespace Durable\Options;

/** An event whose key has started a run lately starts no other. */
final class Idempotency
{
    /** @return array<string, mixed> */
    public static function onWire(mixed $options): array
    {
        $options = Options::checked('idempotency', $options, ['key', 'period']);
        return [
            'key' => Bounds::key('idempotency.key', $options['key'] ?? null),
            'period_ms' => Bounds::periodMs('idempotency.period', $options['period'] ?? '24h'),
        ];
    }
}
