<?php

declare(strict_types=1);

namespace Durable\Execution;

/**
 * Recorded results that user code has asked for, waiting to be handed out one at a time in the memo's order: so a race has the
 * same winner on every replay.
 */
final class ResultLine
{
    /** @var list<array{Recorded, Waiting}> */
    private array $line = [];

    public function isEmpty(): bool
    {
        return $this->line === [];
    }

    public function add(Recorded $recorded, Waiting $waiting): void
    {
        $this->line[] = [$recorded, $waiting];
    }

    /** Who waits for the result that was recorded first. */
    public function first(): Waiting
    {
        return $this->line[$this->placeOfFirst()][1];
    }

    /** @return array{Recorded, Waiting} */
    public function takeFirst(): array
    {
        return array_splice($this->line, $this->placeOfFirst(), 1)[0];
    }

    private function placeOfFirst(): int
    {
        $first = 0;
        foreach ($this->line as $at => [$recorded]) {
            if ($recorded->position < $this->line[$first][0]->position) {
                $first = $at;
            }
        }
        return $first;
    }

    /**
     * Nobody gets those of closed scopes any more.
     *
     * @return list<string> Their steps' ids.
     */
    public function dropClosed(): array
    {
        $lost = [];
        foreach ($this->line as [, $waiting]) {
            if ($waiting->scope->isClosed()) {
                $lost[] = $waiting->id;
            }
        }
        $this->line = array_values(array_filter(
            $this->line,
            static fn (array $each): bool => !$each[1]->scope->isClosed(),
        ));
        return $lost;
    }
}
