<?php

declare(strict_types=1);

namespace Durable\Options;

use Durable\Wire\Limits;

/** So many starts per period; what is over starts no run, or a later one. */
final class RateLimit
{
    /** @return array<string, mixed> */
    public static function onWire(mixed $options): array
    {
        $options = Options::checked('rateLimit', $options, ['limit', 'period', 'burst', 'key', 'onLimit']);
        $limitMax = isset($options['burst']) ? Limits::LIMIT_MAX : Limits::RATE_LIMIT_MAX;
        $onWire = [
            'limit' => Bounds::wholeNumber('rateLimit.limit', $options['limit'] ?? null, $limitMax),
            'period_ms' => Bounds::periodMs('rateLimit.period', $options['period'] ?? null),
        ];
        if (isset($options['burst'])) {
            $onWire['burst'] = Bounds::wholeNumber('rateLimit.burst', $options['burst'], Limits::LIMIT_MAX);
        }
        if (isset($options['key'])) {
            $onWire['key'] = Bounds::key('rateLimit.key', $options['key']);
        }
        if (isset($options['onLimit'])) {
            $onWire['on_limit'] = Bounds::oneOf('rateLimit.onLimit', $options['onLimit'], ['skip', 'delay']);
        }
        return $onWire;
    }
}
