<?php

declare(strict_types=1);

namespace Durable\Execution;

/**
 * What a turn is there for: to continue the run, to run one planned step, to undo one step, or only to look. What is new and
 * not its business blocks.
 */
final class Purpose
{
    /** The step it runs, if it is there for one. */
    private readonly ?string $step;
    /** The step it undoes, if it is there for that. */
    private readonly ?string $undone;
    private readonly bool $isReadOnly;

    /** @param array<string, mixed> $task */
    public function __construct(array $task, bool $isReadOnly = false)
    {
        $this->step = $task['kind'] === 'step' ? $task['step'] : null;
        $this->undone = $task['kind'] === 'compensate' ? $task['step'] : null;
        $this->isReadOnly = $isReadOnly || $task['kind'] === 'compensate';
    }

    /** Whether it is there for one planned step, and not to continue the run. */
    public function isTask(): bool
    {
        return $this->step !== null;
    }

    /** Whether a new step begins here. */
    public function begins(string $id): bool
    {
        return !$this->isReadOnly && ($this->step === null || $this->step === $id);
    }

    /** Whether a recorded step is to be undone. */
    public function undoes(string $id): bool
    {
        return $this->undone === $id;
    }
}
