<?php

declare(strict_types=1);

namespace Durable\Exception;

use Durable\Duration;

/** Throw it to say when the next attempt shall be: after a duration, or at an instant. At most 24 hours ahead. */
class RetryAfterError extends \RuntimeException implements DurableException
{
    /** Milliseconds from now, from 1. */
    public readonly int $retryAfterMs;

    public function __construct(
        string $message,
        int|float|string|\DateInterval|\DateTimeInterface $after,
        ?\Throwable $previous = null,
    ) {
        parent::__construct($message, 0, $previous);
        $ms = $after instanceof \DateTimeInterface
            ? (int) ((float) $after->format('U.u') * 1_000 - microtime(true) * 1_000)
            : Duration::ms($after);
        $this->retryAfterMs = max(1, $ms);
    }
}
