<?php

declare(strict_types=1);

namespace Durable\Execution;

use Durable\Json\JsonProblem;
use Durable\Json\JsonReader;
use Durable\Json\JsonWriter;

/** The checkpoints of one dispatch, one after the other: what has run is told while the handler goes on. */
final class CheckpointLine
{
    private int $seq = 0;
    private int $known;
    private bool $isOpen = true;
    private bool $isStopped = false;

    /** @param array<string, mixed> $request */
    private function __construct(
        private readonly EngineLine $line,
        private readonly array $request,
        private readonly int $entriesMin,
    ) {
        $this->known = $request['known'];
    }

    /**
     * Null when the engine does not offer checkpoints, or cannot be reached from here.
     *
     * @param array<string, mixed> $request
     * @param int $entriesMin With so many entries in the memo they begin.
     */
    public static function of(?EngineLine $line, array $request, int $entriesMin): ?self
    {
        $isOffered = in_array('checkpoint', (array) ($request['engine']['capabilities'] ?? []), true)
            && is_int($request['known'] ?? null);
        // Who runs or undoes one step reports that and nothing else.
        if ($line === null || !$isOffered || $request['task']['kind'] !== 'advance' || $line->isLeftAlone()) {
            return null;
        }
        return new self($line, $request, $request['memo_next'] === null ? $entriesMin : 0);
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
     * @return array{memo: list<array<string, mixed>>, yield: bool}|null Null when it was not taken, or nobody knows: the answer to
     *     the dispatch says the same.
     */
    public function send(array $ops): ?array
    {
        $this->seq += 1;
        $run = $this->request['run']['id'];
        $fence = $this->request['task']['fence'];
        $body = JsonWriter::write(
            ['run' => $run, 'fence' => $fence, 'seq' => $this->seq, 'known' => $this->known, 'ops' => $ops],
        );
        $path = "/runs/{$run}/checkpoint";
        // The engine answers the very same body as it did before.
        $reply = $this->seq === 1 ? $this->line->post($path, $body) : $this->line->insist($path, $body);
        $answer = $reply->body === null ? null : self::read($reply->body);
        if ($answer !== null) {
            $this->known = $answer['known'];
            return $answer;
        }
        $this->isOpen = false;
        $this->isStopped = $reply->isStop();
        if ($this->seq === 1 && $reply->isSilence()) {
            $this->line->giveUp();
        }
        return null;
    }

    /** @return array{memo: list<array<string, mixed>>, known: int, yield: bool}|null */
    private static function read(string $body): ?array
    {
        try {
            $answer = JsonReader::message($body);
        } catch (JsonProblem) {
            return null;
        }
        if (!is_array($answer) || !is_array($answer['memo'] ?? null) || !is_int($answer['known'] ?? null)) {
            return null;
        }
        foreach ($answer['memo'] as $entry) {
            if (!Entry::isOne($entry)) {
                return null;
            }
        }
        return ['memo' => $answer['memo'], 'known' => $answer['known'], 'yield' => ($answer['yield'] ?? false) === true];
    }
}
