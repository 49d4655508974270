<?php

declare(strict_types=1);

namespace Durable\Execution;

/** What became of a request to the engine. */
final class EngineReply
{
    private function __construct(
        /** Signed by the engine for this very request, unless it was asked for something that need not be. */
        public readonly ?string $body,
        public readonly ?int $status,
        public readonly string $problem,
    ) {
    }

    public static function answer(string $body): self
    {
        return new self($body, null, '');
    }

    public static function problem(int $status, string $problem): self
    {
        return new self(null, $status, $problem);
    }

    /** No answer that can be believed. It may have arrived all the same. */
    public static function silence(): self
    {
        return new self(null, null, '');
    }

    public function isSilence(): bool
    {
        return $this->body === null && $this->status === null;
    }

    /** The engine works with another dispatch, or the run has ended. */
    public function isStop(): bool
    {
        return $this->problem === 'stale-fence' || $this->problem === 'run-ended';
    }
}
