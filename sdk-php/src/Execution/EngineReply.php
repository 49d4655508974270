<?php

declare(strict_types=1);

namespace Durable\Execution;

use Durable\Json\JsonProblem;
use Durable\Json\JsonReader;

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

    /** @return array<array-key, mixed> The message that was answered; empty for what is none. */
    public function message(): array
    {
        try {
            $message = $this->body === null ? null : JsonReader::message($this->body);
            return is_array($message) ? $message : [];
        } catch (JsonProblem) {
            return [];
        }
    }
}
