<?php

declare(strict_types=1);

namespace Durable\Execution;

/** Entries of a memo, as far as they must be whole to be used. */
final class Entry
{
    public static function isOne(mixed $entry): bool
    {
        return is_array($entry)
            && is_string($entry['id'] ?? null)
            && is_string($entry['op'] ?? null)
            && is_string($entry['st'] ?? null)
            && ($entry['st'] !== 'err' || is_array($entry['error'] ?? null));
    }
}
