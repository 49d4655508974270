<?php

declare(strict_types=1);

namespace Durable\Execution;

/** A scope whose steps leave the memo together, so it knows them. */
final class GroupScope extends Scope
{
    /** One of its steps can be undone: it must stay where it can be found. */
    public bool $canBeUndone = false;
    /** @var array<string, true> */
    private array $steps = [];

    /** @return list<string> */
    public function steps(): array
    {
        return array_map('strval', array_keys($this->steps));
    }

    public function reached(string $id, bool $canBeUndone): void
    {
        $this->steps[$id] = true;
        $this->canBeUndone = $this->canBeUndone || $canBeUndone;
        parent::reached($id, $canBeUndone);
    }
}
