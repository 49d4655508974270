<?php

declare(strict_types=1);

namespace Durable\Exception;

/** The engine could not be reached or said no. */
final class DurableRequestError extends \RuntimeException implements DurableException, Coded
{
    /**
     * @param int|null $status The HTTP status; null when there was no answer.
     * @param string|null $problem The problem's code, each with a page in `docs/errors`; null when there was no answer.
     * @param list<array{pointer: string, detail: string}> $errors What exactly was wrong, where the engine says it.
     */
    public function __construct(
        string $message,
        public readonly ?int $status = null,
        public readonly ?string $problem = null,
        public readonly array $errors = [],
        public readonly ?int $retryAfterMs = null,
        ?\Throwable $previous = null,
    ) {
        parent::__construct($message, 0, $previous);
    }

    public function errorCode(): ?string
    {
        return $this->problem;
    }
}
