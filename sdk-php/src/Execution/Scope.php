<?php

declare(strict_types=1);

namespace Durable\Execution;

/**
 * Where steps stand: the handler itself, or one branch of a join. Names are counted per scope, so the ids of a branch do not
 * depend on how the others get on; and a branch that lost is closed, with all that it had begun.
 */
class Scope
{
    /** Its steps become tasks of their own instead of running in this request. */
    public readonly bool $plans;
    private bool $isClosed = false;
    /** @var array<string, true> */
    private array $open = [];

    /** @param string $id Goes into the ids of its steps; "" is the handler's own. */
    public function __construct(
        public readonly string $id = '',
        private readonly ?self $parent = null,
        bool $plans = false,
    ) {
        $this->plans = $plans || ($parent?->plans ?? false);
    }

    /** Closed with the branch it is in, too. */
    public function isClosed(): bool
    {
        return $this->isClosed || ($this->parent?->isClosed() ?? false);
    }

    /** @return list<string> Ids of steps in it, and in branches within it, that were reached and have no result. */
    public function open(): array
    {
        return array_map('strval', array_keys($this->open));
    }

    /** A step was reached that has no result. */
    public function opened(string $id): void
    {
        $this->open[$id] = true;
        $this->parent?->opened($id);
    }

    /** User code has its result now. */
    public function handedOut(string $id): void
    {
        unset($this->open[$id]);
        $this->parent?->handedOut($id);
    }

    /** A step in it, or in a scope within it, was reached. */
    public function reached(string $id, bool $canBeUndone): void
    {
        $this->parent?->reached($id, $canBeUndone);
    }

    /** Nobody waits for it any more: what it asks for from now on, and what it waits for, never comes. */
    public function close(): void
    {
        $this->isClosed = true;
    }
}
