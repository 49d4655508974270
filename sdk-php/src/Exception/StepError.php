<?php

declare(strict_types=1);

namespace Durable\Exception;

/**
 * What user code catches when a step failed for good. Its message, name, code and cause are those of the error the step threw
 * on its last attempt, as far as JSON could keep them.
 */
class StepError extends \RuntimeException implements DurableException, Named, Coded
{
    /**
     * @internal
     * @param array<string, mixed> $failure As it was recorded: what a function fails with that does not catch the error.
     */
    final public function __construct(public readonly string $stepName, public readonly array $failure)
    {
        parent::__construct((string) ($failure['message'] ?? ''), 0, RestoredError::causeOf($failure));
    }

    /** The name of the error the step threw, such as `CardError`. */
    public function errorName(): string
    {
        return (string) ($this->failure['name'] ?? 'Error');
    }

    public function errorCode(): ?string
    {
        $code = $this->failure['code'] ?? null;
        return is_string($code) ? $code : null;
    }

    /**
     * @internal What a recorded failure is for user code.
     * @param array<string, mixed> $failure
     */
    public static function of(string $stepName, array $failure): self
    {
        $isInterrupted = ($failure['name'] ?? '') === 'StepInterruptedError' && ($failure['code'] ?? '') === 'interrupted';
        return $isInterrupted ? new StepInterruptedError($stepName, $failure) : new self($stepName, $failure);
    }
}
