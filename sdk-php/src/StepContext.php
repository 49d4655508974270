<?php

declare(strict_types=1);

namespace Durable;

use Durable\Exception\HeartbeatTimeoutError;
use Durable\Exception\HungUpError;
use Durable\Execution\LogLines;
use Durable\Execution\StepLog;
use Durable\Execution\Turn;
use Durable\Json\Value;
use Durable\Wire\Limits;
use Psr\Log\LoggerInterface;

/** What the code of a step gets. */
final class StepContext
{
    private float $startedAtMs;
    private float $heardMs;
    private float $longestSilenceMs = 0;
    private bool $isHungUp = false;

    /** @internal */
    public function __construct(
        public readonly string $name,
        /** The same at every attempt of this step: hand it to whatever must not happen twice. */
        public readonly string $idempotencyKey,
        /** From 1; 2 is the first retry. */
        public readonly int $attempt,
        private readonly string $id,
        private readonly ?int $timeoutMs,
        private readonly LogLines $lines,
        private readonly Turn $turn,
    ) {
        $this->startedAtMs = Clock::monotonicMs();
        $this->heardMs = $this->startedAtMs;
    }

    /**
     * A line that is kept with this attempt, and shown by `durable runs logs`. It never throws.
     *
     * @param mixed $data Up to 8 KiB of JSON; more of it is cut.
     * @param 'debug'|'info'|'warn'|'error' $level
     */
    public function log(string $message, mixed $data = null, string $level = 'info'): void
    {
        (new StepLog($this->lines, $this->turn->options->logger))->say($message, $data, $level);
    }

    /** A PSR-3 logger whose lines are kept with this attempt, for code that takes one. */
    public function logger(): LoggerInterface
    {
        return new StepLogger($this);
    }

    /**
     * Says that this attempt lives, and how far it is: `heartbeat(0.4, 'page 4 of 10')`, or any JSON up to 4 KiB. At most one
     * message a second is sent.
     *
     * @throws HungUpError when the engine no longer waits: what the code does is for nothing.
     */
    public function heartbeat(mixed $progress = null, ?string $note = null): void
    {
        $now = Clock::monotonicMs();
        $this->longestSilenceMs = max($this->longestSilenceMs, $now - $this->heardMs);
        $this->heardMs = $now;
        $data = $note === null ? $progress : ['progress' => $progress, 'detail' => $note];
        $json = Value::toJson("Step \"{$this->name}\": heartbeat was given", $data, Limits::PROGRESS_BYTES_MAX);
        $line = $this->turn->options->heartbeats;
        $line?->add(['id' => $this->id, 'name' => $this->name, 'data' => $json]);
        if ($line?->isStopped() === true) {
            $this->isHungUp = true;
            throw new HungUpError();
        }
    }

    /** How much is left of the step's `timeout`; null where it has none. PHP cannot stop code that takes longer: look at it. */
    public function remainingMs(): ?int
    {
        return $this->timeoutMs === null ? null : max(0, $this->timeoutMs - Clock::elapsedMs($this->startedAtMs));
    }

    /** @internal */
    public function isHungUp(): bool
    {
        return $this->isHungUp;
    }

    /** @internal @throws HeartbeatTimeoutError when it was silent for too long. */
    public function checkSilence(int $heartbeatTimeoutMs): void
    {
        if (max($this->longestSilenceMs, Clock::monotonicMs() - $this->heardMs) > $heartbeatTimeoutMs) {
            throw new HeartbeatTimeoutError(
                "Step \"{$this->name}\" gave no heartbeat for {$heartbeatTimeoutMs} ms, its heartbeatTimeout.",
            );
        }
    }
}
