<?php

declare(strict_types=1);

namespace Durable\Options;

use Durable\Exception\InvalidOption;
use Durable\Wire\Limits;

/** One run for many events: the handler gets all of them as `$context->events`. */
final class Batch
{
    /** @return array<string, mixed> */
    public static function onWire(mixed $options): array
    {
        $options = Options::checked('batch', $options, ['maxSize', 'maxWait', 'maxBytes', 'key']);
        if (($options['maxSize'] ?? null) === 1) {
            throw new InvalidOption('batch.maxSize must be at least 2: a batch of one is a run.');
        }
        $onWire = [
            'max_size' => Bounds::wholeNumber('batch.maxSize', $options['maxSize'] ?? null, Limits::BATCH_EVENTS_MAX),
            'max_wait_ms' => Bounds::periodMs('batch.maxWait', $options['maxWait'] ?? null),
        ];
        if (isset($options['maxBytes'])) {
            $onWire['max_bytes'] = Bounds::wholeNumber('batch.maxBytes', $options['maxBytes'], Limits::BATCH_BYTES_MAX);
        }
        if (isset($options['key'])) {
            $onWire['key'] = Bounds::key('batch.key', $options['key']);
        }
        return $onWire;
    }
}
