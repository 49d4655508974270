<?php

declare(strict_types=1);

namespace Durable\Execution;

/** What the engine says to a checkpoint that it has taken. */
final class CheckpointAnswer
{
    private function __construct(
        /** @var list<array<string, mixed>> What settled since the last one, in order. */
        public readonly array $memo,
        /** How far the memo goes now. */
        public readonly int $known,
        /** The engine wants the run back. */
        public readonly bool $isToYield,
    ) {
    }

    /** Null when it is none. */
    public static function of(EngineReply $reply): ?self
    {
        $answer = $reply->message();
        $memo = $answer['memo'] ?? null;
        $known = $answer['known'] ?? null;
        return Entry::areAll($memo) && is_int($known) ? new self($memo, $known, ($answer['yield'] ?? false) === true) : null;
    }
}
