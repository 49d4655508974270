<?php

declare(strict_types=1);

namespace Durable\Execution;

/** How a join was decided. */
final class Verdict
{
    private function __construct(
        public readonly bool $isGood,
        public readonly mixed $value,
        /** False when all branches were wanted and have come; there is nothing to cancel. */
        public readonly bool $hasLosers,
    ) {
    }

    public static function good(mixed $value, bool $hasLosers): self
    {
        return new self(true, $value, $hasLosers);
    }

    public static function bad(\Throwable $error): self
    {
        return new self(false, $error, true);
    }

    public function give(): mixed
    {
        return $this->isGood ? $this->value : throw $this->value;
    }
}
