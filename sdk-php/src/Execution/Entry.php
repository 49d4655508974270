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
            && (!isset($entry['ref']) || self::isRef($entry['ref']))
            && ($entry['st'] !== 'err' || is_array($entry['error'] ?? null));
    }

    /** What stands in the place of a large value. */
    public static function isRef(mixed $ref): bool
    {
        return is_array($ref) && is_string($ref['id'] ?? null) && is_string($ref['sha256'] ?? null);
    }

    /** Whether it is a list of them. */
    public static function areAll(mixed $entries): bool
    {
        if (!is_array($entries) || !array_is_list($entries)) {
            return false;
        }
        foreach ($entries as $entry) {
            if (!self::isOne($entry)) {
                return false;
            }
        }
        return true;
    }
}
