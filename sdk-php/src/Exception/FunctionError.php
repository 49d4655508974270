<?php

declare(strict_types=1);

namespace Durable\Exception;

/**
 * A function that was started or called from outside did not return: its run failed or was cancelled, or its handler threw.
 * The previous exception is the error as user code threw it, as far as JSON could keep it.
 */
final class FunctionError extends \RuntimeException implements DurableException, Coded
{
    /** @param array<string, mixed>|null $failure @param 'failed'|'cancelled' $status */
    public function __construct(
        string $what,
        public readonly string $status,
        private readonly ?array $failure,
        public readonly ?string $functionId = null,
        public readonly ?string $runId = null,
    ) {
        $why = $failure === null ? '' : ": {$failure['name']}: {$failure['message']}";
        $how = $status === 'cancelled' ? 'was cancelled' : 'failed';
        parent::__construct("{$what} {$how}{$why}", 0, $failure === null ? null : new RestoredError($failure));
    }

    public function errorCode(): ?string
    {
        $code = $this->failure['code'] ?? null;
        return is_string($code) ? $code : null;
    }
}
