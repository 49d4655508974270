<?php

declare(strict_types=1);

namespace Durable\Options;

use Durable\Wire\Limits;

/** So many starts per period; the others wait for their turn. */
final class Throttle
{
    /** @return array<string, mixed> */
    public static function onWire(mixed $options): array
    {
        $options = Options::checked('throttle', $options, ['limit', 'period', 'burst', 'key', 'name', 'units']);
        $onWire = [
            'limit' => Bounds::wholeNumber('throttle.limit', $options['limit'] ?? null, Limits::LIMIT_MAX),
            'period_ms' => Bounds::periodMs('throttle.period', $options['period'] ?? null),
        ];
        if (isset($options['burst'])) {
            $onWire['burst'] = Bounds::wholeNumber('throttle.burst', $options['burst'], Limits::LIMIT_MAX);
        }
        if (isset($options['key'])) {
            $onWire['key'] = Bounds::key('throttle.key', $options['key']);
        }
        if (isset($options['name'])) {
            $onWire['name'] = $options['name'];
        }
        if (isset($options['units'])) {
            $onWire['units'] = is_array($options['units'])
                ? ['cel' => Bounds::cel('throttle.units', $options['units'])]
                : Bounds::wholeNumber('throttle.units', $options['units'], Limits::THROTTLE_UNITS_MAX);
        }
        return $onWire;
    }
}
