<?php

declare(strict_types=1);

namespace Durable\Exception;

/**
 * A value is larger than what is kept of one. Where nothing is recorded yet (an event, a child's input, the state) it can be
 * caught where it stands; a function that it leaves pauses, and so does one whose step returned such a value.
 */
final class ValueTooLargeError extends NonRetriableError implements Coded
{
    public function errorCode(): string
    {
        return 'value-too-large';
    }
}
