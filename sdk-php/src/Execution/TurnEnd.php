<?php

declare(strict_types=1);

namespace Durable\Execution;

/** How a turn ended. */
final class TurnEnd
{
    private function __construct(
        /** `returned`, `threw`, `suspended`, `nondeterministic`, `unfetched` or `abandoned`. */
        public readonly string $kind,
        public readonly mixed $value = null,
        public readonly ?\Throwable $thrown = null,
        public readonly string $message = '',
        public readonly ?string $frame = null,
    ) {
    }

    public static function returned(mixed $value): self
    {
        return new self('returned', value: $value);
    }

    public static function threw(\Throwable $thrown): self
    {
        return new self('threw', thrown: $thrown);
    }

    /** Something was started, or something that is pending is waited for. */
    public static function suspended(): self
    {
        return new self('suspended');
    }

    /** Code and memo disagree. */
    public static function nondeterministic(string $message, ?string $frame): self
    {
        return new self('nondeterministic', message: $message, frame: $frame);
    }

    /** A value that it needs is elsewhere and did not come. */
    public static function unfetched(): self
    {
        return new self('unfetched');
    }

    /** The engine no longer works with this dispatch. */
    public static function abandoned(): self
    {
        return new self('abandoned');
    }
}
