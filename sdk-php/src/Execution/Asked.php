<?php

declare(strict_types=1);

namespace Durable\Execution;

/** What came of a step when it was asked for the first time. */
final class Asked
{
    private function __construct(
        public readonly bool $isSettled,
        private readonly mixed $value,
        private readonly ?\Throwable $thrown,
    ) {
    }

    public static function returned(mixed $value): self
    {
        return new self(true, $value, null);
    }

    public static function threw(\Throwable $thrown): self
    {
        return new self(true, null, $thrown);
    }

    /** It has no result now. */
    public static function open(): self
    {
        return new self(false, null, null);
    }

    public function give(): mixed
    {
        return $this->thrown === null ? $this->value : throw $this->thrown;
    }
}
