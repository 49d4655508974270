<?php

declare(strict_types=1);

namespace Durable\Execution;

/** An entry of the memo and its place in the order of completion, which is the order in which results are handed out. */
final class Recorded
{
    /** @param array<string, mixed> $entry */
    public function __construct(public readonly array $entry, public readonly int $position)
    {
    }

    /** A state that this SDK does not know counts as pending: a later engine may have more of them. */
    public function isSettled(): bool
    {
        return $this->entry['st'] === 'ok' || $this->entry['st'] === 'err';
    }
}
