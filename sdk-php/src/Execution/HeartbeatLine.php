<?php

declare(strict_types=1);

namespace Durable\Execution;

use Durable\Clock;
use Durable\Json\JsonWriter;

/** The heartbeats of one dispatch: at most one message a second, with the last word of each step. */
final class HeartbeatLine
{
    /** Between two messages of a dispatch, however many of its steps speak. */
    private const PAUSE_MS = 1_000;

    /** @var array<string, array<string, mixed>> */
    private array $waiting = [];
    private bool $isOpen = true;
    private bool $isStopped = false;
    private float $sentMs = -INF;

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
        $isOffered = in_array('heartbeat', (array) ($request['engine']['capabilities'] ?? []), true);
        return $line !== null && $isOffered ? new self($line, $request) : null;
    }

    /** The engine says that this dispatch is over. */
    public function isStopped(): bool
    {
        return $this->isStopped;
    }

    /** @param array<string, mixed> $beat */
    public function add(array $beat): void
    {
        if (!$this->isOpen) {
            return;
        }
        $this->waiting[$beat['id']] = $beat;
        if (Clock::monotonicMs() - $this->sentMs < self::PAUSE_MS) {
            return;
        }
        $this->sentMs = Clock::monotonicMs();
        $run = $this->request['run']['id'];
        $body = JsonWriter::write([
            'run' => $run,
            'fence' => $this->request['task']['fence'],
            'beats' => array_values($this->waiting),
        ]);
        $reply = $this->line->post("/runs/{$run}/heartbeat", $body);
        if ($reply->body !== null) {
            $this->waiting = [];
        } elseif (!$reply->isSilence()) {
            $this->isOpen = false;
            $this->isStopped = $reply->isStop();
        }
    }
}
