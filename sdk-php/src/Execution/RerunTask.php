<?php

declare(strict_types=1);

namespace Durable\Execution;

use Durable\Exception\NonRetriableError;

/**
 * A task where there are no Fibers. Its code is stopped by an Interrupt that is thrown through it, and called again from its
 * top when there is a result: what it asked for before has its answer in a log, in the order in which it asked.
 *
 * Code may swallow the Interrupt in a `catch (\Throwable)`. It can do no harm: from then on every step throws it again, and
 * what the code returns or throws is ignored.
 */
final class RerunTask extends Task
{
    /** @var list<array{string, object}> */
    private array $log = [];
    private int $next = 0;
    private bool $isInterrupted = false;
    private bool $hasSwallowed = false;
    private bool $isOver = false;
    /** The Fiber, if any, in which all of this happens. */
    private ?\Fiber $within = null;
    /** @var array<int, \Closure(): mixed> By the place in the log: what the code is given that comes there again. */
    private array $delivered = [];

    public function go(?\Closure $deliver): void
    {
        if ($deliver !== null) {
            $this->delivered[count($this->log) - 1] = $deliver;
        }
        $this->next = 0;
        $this->isInterrupted = false;
        $this->within = \Fiber::getCurrent();
        $value = null;
        $thrown = null;
        try {
            $value = ($this->code)();
        } catch (\Throwable $caught) {
            $thrown = $caught;
        }
        if ($this->isInterrupted) {
            $this->hasSwallowed = $this->hasSwallowed || !$thrown instanceof Interrupt;
        } else {
            $this->endsWith($thrown === null, $thrown ?? $value);
        }
    }

    public function park(): mixed
    {
        $deliver = $this->delivered[$this->next - 1] ?? null;
        if ($deliver !== null) {
            return $deliver();
        }
        $this->isInterrupted = true;
        throw new Interrupt();
    }

    public function again(\Closure $code): void
    {
        $this->next = 0;
        $this->isInterrupted = false;
        $this->isOver = true;
        $this->within = \Fiber::getCurrent();
        try {
            $code();
        } catch (\Throwable) {
            // As it was: what it threw has been thrown.
        }
    }

    public function hang(): never
    {
        $this->isInterrupted = true;
        throw new Interrupt();
    }

    public function isCalling(): bool
    {
        return \Fiber::getCurrent() === $this->within;
    }

    public function asks(string $what, \Closure $first): object
    {
        if ($this->isInterrupted) {
            throw new Interrupt();
        }
        $at = $this->next;
        if ($this->isOver && !isset($this->log[$at])) {
            $this->hang();
        }
        $this->next += 1;
        if (isset($this->log[$at])) {
            [$before, $answer] = $this->log[$at];
            if ($before !== $what) {
                throw new NonRetriableError(
                    "Between its steps the code did another thing than a moment ago: it asked for {$before}, and now for {$what}.",
                );
            }
            return $answer;
        }
        $answer = $first();
        $this->log[$at] = [$what, $answer];
        return $answer;
    }

    /** Whether code went on after it was stopped. */
    public function hasSwallowed(): bool
    {
        return $this->hasSwallowed;
    }
}
