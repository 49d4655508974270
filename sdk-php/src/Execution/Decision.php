<?php

declare(strict_types=1);

namespace Durable\Execution;

/** What code waits for that is made of several tasks. */
interface Decision
{
    public function isDecided(): bool;
}
