<?php

declare(strict_types=1);

namespace Durable\Execution;

use Durable\Json\JsonWriter;

/**
 * On which a dispatch tells what came of an attempt that was over by then. It is kept for people to see. One that does not
 * arrive is nobody's failure.
 */
final class LateLine
{
    /** @param array<string, mixed> $request */
    private function __construct(private readonly EngineLine $line, private readonly array $request)
    {
    }

    /**
     * Null when the engine does not take them, or cannot be reached from here.
     *
     * @param array<string, mixed> $request
     */
    public static function of(?EngineLine $line, array $request): ?self
    {
        $isOffered = in_array('late', (array) ($request['engine']['capabilities'] ?? []), true);
        return $line !== null && $isOffered ? new self($line, $request) : null;
    }

    /** @param array<string, mixed> $end `st` and `v`, or `st` and `error`. */
    public function tell(string $id, string $name, int $attempt, array $end): void
    {
        if ($this->line->isLeftAlone()) {
            return;
        }
        $run = $this->request['run']['id'];
        $fence = $this->request['task']['fence'];
        $this->line->post("/runs/{$run}/late", JsonWriter::write(
            ['run' => $run, 'fence' => $fence, 'id' => $id, 'name' => $name, 'attempt' => $attempt] + $end,
        ));
    }
}
