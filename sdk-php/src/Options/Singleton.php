<?php

declare(strict_types=1);

namespace Durable\Options;

/** One run at a time: what comes meanwhile is skipped, cancels it, or waits. */
final class Singleton
{
    /** @return array<string, mixed> */
    public static function onWire(mixed $options): array
    {
        $options = Options::checked('singleton', $options, ['mode', 'key']);
        $onWire = ['mode' => Bounds::oneOf('singleton.mode', $options['mode'] ?? null, ['skip', 'cancel', 'queue'])];
        if (isset($options['key'])) {
            $onWire['key'] = Bounds::key('singleton.key', $options['key']);
        }
        return $onWire;
    }
}
