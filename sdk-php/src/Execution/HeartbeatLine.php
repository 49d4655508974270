<?php

declare(strict_types=1);

namespace Durable\Execution;

use Durable\Clock;

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

    private function __construct(private readonly EngineLine $line)
    {
    }

    /** Null when the engine does not take them, or cannot be reached from here. */
    public static function of(?EngineLine $line): ?self
    {
        return $line?->offers('heartbeat') === true ? new self($line) : null;
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
        $reply = $this->line->post('heartbeat', ['beats' => array_values($this->waiting)]);
        if ($reply->body !== null) {
            $this->waiting = [];
        } elseif (!$reply->isSilence()) {
            $this->isOpen = false;
            $this->isStopped = $reply->isStop();
        }
    }
}
