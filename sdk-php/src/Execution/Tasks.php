<?php

declare(strict_types=1);

namespace Durable\Execution;

/** Code of the user that goes on by itself, one task at a time, and which of it can go on. */
final class Tasks
{
    /** @var list<array{Task, (\Closure(): mixed)|null}> */
    private array $ready = [];
    /** @var list<Task> Those that have not ended. */
    private array $tasks = [];
    private ?Task $current = null;
    private bool $hasSwallowed = false;

    /**
     * @param \Closure(): mixed $code
     * @param \Closure(bool, mixed): void $ended Told whether it returned, and what; else what it threw.
     */
    public function add(\Closure $code, \Closure $ended, Scope $scope): Task
    {
        $leave = function (bool $isReturned, mixed $value) use (&$task, $ended): void {
            $this->leave($task);
            $ended($isReturned, $value);
        };
        $task = Fibers::areUsable() ? new FiberTask($code, $leave, $scope) : new RerunTask($code, $leave, $scope);
        $this->tasks[] = $task;
        $this->ready[] = [$task, null];
        return $task;
    }

    /** @param \Closure(): mixed $deliver Returns or throws what the task waits for. */
    public function deliver(Task $task, \Closure $deliver): void
    {
        $this->ready[] = [$task, $deliver];
    }

    /** Whose code runs now. */
    public function current(): ?Task
    {
        return $this->current;
    }

    /**
     * Runs code of a step, outside of whatever holds the code that calls.
     *
     * @template T
     * @param \Closure(): T $call
     * @return T
     */
    public function outside(\Closure $call): mixed
    {
        return $this->current === null ? $call() : $this->current->outside($call);
    }

    /** Code that is alone need not hang until all is at rest: it is. */
    public function isAlone(): bool
    {
        return count($this->tasks) === 1;
    }

    /** One of those that can go on does; false when there is none. */
    public function goOn(): bool
    {
        $next = array_shift($this->ready);
        if ($next === null) {
            return false;
        }
        [$task, $deliver] = $next;
        if (!$task->isDropped()) {
            $this->as($task, static fn () => $task->go($deliver));
        }
        return true;
    }

    /** @param \Closure(): mixed $code As the code has it that is called again around a join that is decided. */
    public function again(Task $task, \Closure $code): void
    {
        $this->as($task, static fn () => $task->again($code));
    }

    /** Those whose scope is closed go no further. */
    public function dropClosed(): void
    {
        $this->ready = array_values(array_filter(
            $this->ready,
            static fn (array $each): bool => !$each[0]->isDropped(),
        ));
        foreach ($this->tasks as $task) {
            if ($task->isDropped()) {
                $this->drop($task);
            }
        }
    }

    /** Suspended code is let go: what its `finally` blocks do from here on counts for nothing. */
    public function dropAll(): void
    {
        $this->ready = [];
        foreach (array_reverse($this->tasks) as $task) {
            $this->drop($task);
        }
    }

    /** Whether code went on after an Interrupt, as in a `catch (\Throwable)` around a step. */
    public function hasSwallowed(): bool
    {
        return $this->hasSwallowed;
    }

    /** @param \Closure(): void $call */
    private function as(Task $task, \Closure $call): void
    {
        $before = $this->current;
        $this->current = $task;
        try {
            $call();
        } finally {
            $this->current = $before;
        }
    }

    private function drop(Task $task): void
    {
        $task->drop();
        $this->leave($task);
    }

    private function leave(Task $task): void
    {
        $this->hasSwallowed = $this->hasSwallowed || ($task instanceof RerunTask && $task->hasSwallowed());
        $this->tasks = array_values(array_filter($this->tasks, static fn (Task $each): bool => $each !== $task));
    }
}
