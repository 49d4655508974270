<?php

declare(strict_types=1);

namespace Durable\Execution;

/** A task that hangs in a Fiber while it waits. */
final class FiberTask extends Task
{
    /** @var \Fiber<mixed, mixed, mixed, mixed>|null */
    private ?\Fiber $fiber = null;

    public function go(?\Closure $deliver): void
    {
        try {
            if ($this->fiber === null) {
                $this->fiber = new \Fiber($this->code);
                $suspended = $this->fiber->start();
            } else {
                $suspended = $this->fiber->resume($deliver);
            }
            while ($suspended !== $this && !$this->fiber->isTerminated()) {
                if ($suspended instanceof OutsideCall) {
                    $suspended = $this->fiber->resume($suspended->run());
                    continue;
                }
                // An event loop that knows nothing of this Fiber would never resume it.
                $suspended = $this->fiber->throw(new \LogicException(
                    'The handler of a function was suspended by something else than a step. Run an event loop inside a step.',
                ));
            }
        } catch (\Throwable $thrown) {
            $this->endsWith(false, $thrown);
            return;
        }
        if ($this->fiber->isTerminated()) {
            $this->endsWith(true, $this->fiber->getReturn());
        }
    }

    public function park(): mixed
    {
        $deliver = \Fiber::suspend($this);
        return $deliver();
    }

    public function hang(): never
    {
        try {
            \Fiber::suspend($this);
        } catch (\FiberError) {
            // It is being destroyed, and this is code in a `finally`.
        }
        throw new Interrupt();
    }

    public function isCalling(): bool
    {
        return \Fiber::getCurrent() === $this->fiber;
    }

    public function outside(\Closure $call): mixed
    {
        $deliver = \Fiber::suspend(new OutsideCall($call));
        return $deliver();
    }

    public function asks(string $what, \Closure $first): object
    {
        return $first();
    }

    /** Destroys the Fiber: `finally` blocks run now, and whatever they throw is nobody's business. */
    public function drop(): void
    {
        parent::drop();
        try {
            $this->fiber = null;
        } catch (\Throwable) {
        }
    }
}
