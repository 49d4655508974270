<?php

declare(strict_types=1);

namespace Durable\Execution;

/**
 * On which a dispatch tells what came of an attempt that was over by then. It is kept for people to see. One that does not
 * arrive is nobody's failure.
 */
final class LateLine
{
    private function __construct(private readonly EngineLine $line)
    {
    }

    /** Null when the engine does not take them, or cannot be reached from here. */
    public static function of(?EngineLine $line): ?self
    {
        return $line?->offers('late') === true ? new self($line) : null;
    }

    /** @param array<string, mixed> $end `st` and `v`, or `st` and `error`. */
    public function tell(string $id, string $name, int $attempt, array $end): void
    {
        if (!$this->line->isLeftAlone()) {
            $this->line->post('late', ['id' => $id, 'name' => $name, 'attempt' => $attempt] + $end);
        }
    }
}
