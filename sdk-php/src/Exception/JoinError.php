<?php

declare(strict_types=1);

namespace Durable\Exception;

/** So many branches of a `parallel` failed that those which are left cannot be enough. */
final class JoinError extends \RuntimeException implements DurableException
{
    /** @param non-empty-list<\Throwable> $errors What the branches failed with, in their order. */
    public function __construct(string $message, public readonly array $errors)
    {
        parent::__construct($message, 0, $errors[0]);
    }
}
