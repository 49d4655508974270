<?php

declare(strict_types=1);

namespace Durable\Execution;

/** Whether a turn is over, and how. What came first counts. */
final class Ending
{
    private ?TurnEnd $end = null;

    public function isHere(): bool
    {
        return $this->end !== null;
    }

    public function be(?TurnEnd $end): void
    {
        $this->end ??= $end;
    }

    public function get(): ?TurnEnd
    {
        return $this->end;
    }
}
