<?php

declare(strict_types=1);

namespace Durable\Execution;

use Durable\Json\JsonReader;
use Durable\Json\RawJson;
use Durable\Wire\Limits;

/**
 * What has run is told while the handler goes on, so the turn need not end for it. What comes back is recorded: it goes into the
 * memo after all that was known, and in line for whoever waits for it.
 */
final class Checkpoints
{
    public function __construct(
        private readonly CheckpointLine $line,
        private readonly Memo $memo,
        private readonly News $news,
        private readonly OpenSteps $open,
        private readonly ResultLine $results,
        private readonly Bodies $bodies,
    ) {
    }

    /** Whether one is worth its request now. */
    public function isDue(): bool
    {
        return $this->line->isOpen()
            && !$this->bodies->isLeftOut()
            && $this->line->saves($this->memo->size())
            && $this->memo->size() + $this->news->count() < Limits::MEMO_ENTRIES_MAX
            && $this->news->couldSettle();
    }

    /** @return bool Whether the turn goes on: not when the engine works with another dispatch. */
    public function send(): bool
    {
        $ops = $this->news->untold();
        $taken = $this->line->send($ops);
        if ($taken === null) {
            return !$this->line->isStopped();
        }
        $this->news->told();
        if ($taken->isToYield) {
            $this->bodies->startNoMore();
        }
        $this->takeOver($ops, $taken->memo);
        return true;
    }

    /**
     * @param list<array<string, mixed>> $reported
     * @param list<array<string, mixed>> $entries
     */
    private function takeOver(array $reported, array $entries): void
    {
        $values = [];
        foreach ($reported as $op) {
            if (($op['v'] ?? null) instanceof RawJson) {
                $values[$op['id']] = $op['v'];
            }
        }
        foreach ($entries as $entry) {
            // What was reported is not sent back.
            if ($entry['st'] === 'ok' && isset($values[$entry['id']])) {
                $entry['v'] = JsonReader::value($values[$entry['id']]->text);
            }
            $this->memo->add($entry);
            $waiting = $this->open->close($entry['id']);
            $recorded = $waiting === null ? null : $this->memo->claim($entry['id']);
            if ($waiting !== null && $recorded !== null) {
                $recorded->isSettled() ? $this->results->add($recorded, $waiting) : $this->open->add($waiting);
            }
        }
        foreach ($reported as $op) {
            if ($op['op'] === 'group') {
                $this->memo->fold($op['folds']);
            }
        }
    }
}
