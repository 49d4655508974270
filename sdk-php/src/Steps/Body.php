<?php

declare(strict_types=1);

namespace Durable\Steps;

use Durable\Clock;
use Durable\Exception\StepTimeoutError;
use Durable\Execution\Body as RunningBody;
use Durable\Execution\Failure;
use Durable\Execution\LogLines;
use Durable\Execution\OutputBuffers;
use Durable\Execution\Turn;
use Durable\Json\Value;
use Durable\StepContext;

/** One attempt of the code of a step. */
final class Body
{
    public function __construct(
        private readonly Turn $turn,
        private readonly string $id,
        private readonly string $name,
        private readonly int $attempt,
        private readonly ?int $timeoutMs,
        private readonly ?int $heartbeatTimeoutMs,
    ) {
    }

    /**
     * Runs it and says how it went. Never throws.
     *
     * @param \Closure(StepContext): mixed $code
     */
    public function run(\Closure $code): BodyEnd
    {
        $startedAtMs = Clock::monotonicMs();
        $lines = new LogLines($this->turn->news->logBudget);
        $key = "{$this->turn->runId}/{$this->id}";
        $context = new StepContext($this->name, $key, $this->attempt, $this->id, $this->timeoutMs, $lines, $this->turn);
        if ($this->heartbeatTimeoutMs !== null) {
            // It says so at once: from here on its silence counts.
            $this->turn->options->heartbeats?->add(['id' => $this->id, 'name' => $this->name]);
        }
        $json = null;
        $thrown = null;
        $buffers = ob_get_level();
        ob_start();
        try {
            $value = $this->turn->bodies->within(
                new RunningBody($this->name, $lines, $context->heartbeat(...)),
                static fn (): mixed => $code($context),
            );
            $json = UserCode::isVoid($code) ? null : Value::toJson("Step \"{$this->name}\" returned", $value);
        } catch (\Throwable $caught) {
            $thrown = $caught;
        }
        // In the answer it would be in the way.
        foreach (preg_split('/\R/', rtrim(OutputBuffers::takeAbove($buffers))) ?: [] as $line) {
            if ($line !== '') {
                $lines->add('info', $line);
            }
        }
        $ms = Clock::elapsedMs($startedAtMs);
        $over = $this->overLimits($context, $ms);
        if ($over !== null) {
            $end = $thrown === null ? ['st' => 'ok', 'v' => $json] : ['st' => 'err', 'error' => Failure::of($thrown)];
            $this->turn->options->late?->tell($this->id, $this->name, $this->attempt, array_filter($end));
            $thrown = $over;
        }
        return new BodyEnd($thrown, $json, $ms, $lines->end(), $context->isHungUp());
    }

    /** PHP cannot stop code that takes too long: that it did is known when it has ended. */
    private function overLimits(StepContext $context, int $ms): ?\Throwable
    {
        try {
            if ($this->heartbeatTimeoutMs !== null && !$context->isHungUp()) {
                $context->checkSilence($this->heartbeatTimeoutMs);
            }
        } catch (\Throwable $silent) {
            return $silent;
        }
        return $this->timeoutMs !== null && $ms > $this->timeoutMs
            ? new StepTimeoutError("Step \"{$this->name}\" took longer than its timeout of {$this->timeoutMs} ms.")
            : null;
    }
}
