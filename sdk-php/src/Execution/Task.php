<?php

declare(strict_types=1);

namespace Durable\Execution;

/**
 * Code of the user that goes on by itself: the handler, or one branch of a join. It runs until it has ended or comes to
 * something that has no result, and goes on when that is handed to it.
 */
abstract class Task
{
    /** What it waits for is of no use to anybody any more. */
    private bool $isDropped = false;

    /**
     * @param \Closure(): mixed $code
     * @param \Closure(bool, mixed): void $ended Told whether it returned, and what; else what it threw.
     * @param Scope $scope In which its steps stand: once that is closed, it goes no further.
     */
    public function __construct(
        protected \Closure $code,
        private readonly \Closure $ended,
        private readonly Scope $scope,
    ) {
    }

    /**
     * Runs it from its beginning, or goes on with what it waits for.
     *
     * @param (\Closure(): mixed)|null $deliver Returns or throws the result.
     */
    abstract public function go(?\Closure $deliver): void;

    /** Called by its own code: stops here until a result is delivered. */
    abstract public function park(): mixed;

    /** Called by its own code when nothing will ever be delivered: it goes no further. */
    abstract public function hang(): never;

    /** Whether the code that calls is the task's, and not that of a Fiber of somebody else. */
    abstract public function isCalling(): bool;

    /**
     * Called by its own code: what `$call` returns or throws, which runs where no Fiber of ours is around it. An event loop (Revolt,
     * Amp) would refuse to run in one, or wait for ever for somebody to go on with it.
     *
     * @template T
     * @param \Closure(): T $call
     * @return T
     */
    public function outside(\Closure $call): mixed
    {
        return $call();
    }

    /**
     * A step or a join that its code asks for: what `$first` makes of it the first time, and the same whenever the code comes
     * here again.
     *
     * @template T of object
     * @param \Closure(): T $first
     * @return T
     */
    abstract public function asks(string $what, \Closure $first): object;

    /**
     * Its part is over, and the code that it stood in is called again with variables of its own: so is its code, once, for what it
     * does to them. Nothing new begins.
     *
     * @param \Closure(): mixed $code
     */
    public function again(\Closure $code): void
    {
    }

    public function isDropped(): bool
    {
        return $this->isDropped || $this->scope->isClosed();
    }

    /** It goes no further. */
    public function drop(): void
    {
        $this->isDropped = true;
    }

    protected function endsWith(bool $isReturned, mixed $value): void
    {
        if (!$this->isDropped()) {
            ($this->ended)($isReturned, $value);
        }
    }
}
