<?php

declare(strict_types=1);

namespace Durable\Options;

use Durable\Exception\InvalidOption;

/** One run for events that come soon after each other. */
final class Debounce
{
    /** @return array<string, mixed> */
    public static function onWire(mixed $options): array
    {
        $options = Options::checked('debounce', $options, ['period', 'key', 'maxWait', 'edge']);
        $onWire = ['period_ms' => Bounds::periodMs('debounce.period', $options['period'] ?? null)];
        if (isset($options['key'])) {
            $onWire['key'] = Bounds::key('debounce.key', $options['key']);
        }
        if (isset($options['maxWait'])) {
            $onWire['max_wait_ms'] = Bounds::periodMs('debounce.maxWait', $options['maxWait']);
            if ($onWire['max_wait_ms'] < $onWire['period_ms']) {
                throw new InvalidOption('debounce.maxWait must not be shorter than its period.');
            }
        }
        if (isset($options['edge'])) {
            $onWire['edge'] = Bounds::oneOf('debounce.edge', $options['edge'], ['trailing', 'leading']);
        }
        return $onWire;
    }
}
