<?php

declare(strict_types=1);

namespace Durable\Exception;

/** A recorded error again, as far as JSON could keep it; what it was an instance of is not known any more. */
final class RestoredError extends \RuntimeException implements DurableException, Named, Coded
{
    /** @param array<string, mixed> $failure As it was recorded. */
    public function __construct(private readonly array $failure)
    {
        parent::__construct((string) ($failure['message'] ?? ''), 0, self::causeOf($failure));
    }

    public function errorName(): string
    {
        return (string) ($this->failure['name'] ?? 'Error');
    }

    public function errorCode(): ?string
    {
        $code = $this->failure['code'] ?? null;
        return is_string($code) ? $code : null;
    }

    /** @param array<string, mixed> $failure */
    public static function causeOf(array $failure): ?self
    {
        return is_array($failure['cause'] ?? null) ? new self($failure['cause']) : null;
    }
}
