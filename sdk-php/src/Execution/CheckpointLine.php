<?php

declare(strict_types=1);

namespace Durable\Execution;

/** The checkpoints of one dispatch, one after the other: what has run is told while the handler goes on. */
final class CheckpointLine
{
    private int $seq = 0;
    private bool $isOpen = true;
    private bool $isStopped = false;

    private function __construct(
        private readonly EngineLine $line,
        private int $known,
        private readonly int $entriesMin,
    ) {
    }

    /**
     * Null when the engine does not offer checkpoints, or cannot be reached from here.
     *
     * @param array<string, mixed> $request
     * @param int $entriesMin With so many entries in the memo they begin.
     */
    public static function of(?EngineLine $line, array $request, int $entriesMin): ?self
    {
        $known = $request['known'] ?? null;
        // Who runs or undoes one step reports that and nothing else.
        $isForAll = $request['task']['kind'] === 'advance';
        if ($line?->offers('checkpoint') !== true || !is_int($known) || !$isForAll || $line->isLeftAlone()) {
            return null;
        }
        return new self($line, $known, $request['memo_next'] === null ? $entriesMin : 0);
    }

    /** Whether another checkpoint may be sent. */
    public function isOpen(): bool
    {
        return $this->isOpen;
    }

    /** The engine works with another dispatch, or the run has ended. */
    public function isStopped(): bool
    {
        return $this->isStopped;
    }

    /** Whether sending a memo of so many entries once more costs more than a checkpoint. */
    public function saves(int $entries): bool
    {
        return $entries >= $this->entriesMin;
    }

    /** @return array{seq: int, known: int}|null For the answer: how far it got. Null when none was sent. */
    public function told(): ?array
    {
        return $this->seq === 0 ? null : ['seq' => $this->seq, 'known' => $this->known];
    }

    /**
     * @param list<array<string, mixed>> $ops
     * @return CheckpointAnswer|null Null when it was not taken, or nobody knows: the answer to the dispatch says the same.
     */
    public function send(array $ops): ?CheckpointAnswer
    {
        $this->seq += 1;
        $isFirst = $this->seq === 1;
        $told = ['seq' => $this->seq, 'known' => $this->known, 'ops' => $ops];
        // The engine answers the very same body as it did before.
        $reply = $isFirst ? $this->line->post('checkpoint', $told) : $this->line->insist('checkpoint', $told);
        $answer = CheckpointAnswer::of($reply);
        if ($answer !== null) {
            $this->known = $answer->known;
            return $answer;
        }
        $this->isOpen = false;
        $this->isStopped = $reply->isStop();
        if ($isFirst && $reply->isSilence()) {
            $this->line->giveUp();
        }
        return null;
    }
}
