<?php

declare(strict_types=1);

namespace Durable\Wire;

/** Which names events may have. */
final class EventName
{
    /** Names the engine keeps for its own events: may be listened to, not sent. */
    public const RESERVED_PREFIX = 'durable.';
    /** What the handler of a one-off call gets. */
    public const CALL = 'durable.call';

    /** Null when a client may send an event of this name; otherwise a sentence that says why not. */
    public static function problem(string $name): ?string
    {
        if (str_starts_with($name, self::RESERVED_PREFIX)) {
            return 'Event names beginning with "durable." belong to the engine; choose another.';
        }
        return preg_match('~^[A-Za-z0-9_.:/-]{1,200}$~D', $name) === 1
            ? null
            : "An event's name must have 1 to 200 characters out of A-Z a-z 0-9 _ . : / and -.";
    }

    /** The engine's own events may be awaited, though not sent. */
    public static function awaitedProblem(string $name): ?string
    {
        $isReserved = str_starts_with($name, self::RESERVED_PREFIX);
        return self::problem($isReserved ? substr($name, strlen(self::RESERVED_PREFIX)) : $name);
    }
}
