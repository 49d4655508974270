<?php

declare(strict_types=1);

namespace Durable\Execution;

/** Code that a task wants to be run outside of its Fiber. */
final class OutsideCall
{
    /** @param \Closure(): mixed $call */
    public function __construct(private readonly \Closure $call)
    {
    }

    /** @return \Closure(): mixed What came of it: returns or throws. */
    public function run(): \Closure
    {
        try {
            $value = ($this->call)();
            return static fn (): mixed => $value;
        } catch (\Throwable $thrown) {
            return static fn (): mixed => throw $thrown;
        }
    }
}
