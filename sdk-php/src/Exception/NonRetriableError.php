<?php

declare(strict_types=1);

namespace Durable\Exception;

/** Throw it in a step or in a function: it is not tried again, whatever the policy allows. */
class NonRetriableError extends \RuntimeException implements DurableException
{
    public function __construct(string $message, ?\Throwable $previous = null)
    {
        parent::__construct($message, 0, $previous);
    }
}
