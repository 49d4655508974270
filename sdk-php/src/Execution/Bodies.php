<?php

declare(strict_types=1);

namespace Durable\Execution;

use Durable\Clock;
use Durable\Exception\NonRetriableError;
use Durable\Wire\Limits;

/** The bodies of steps that run in a turn, one within none. */
final class Bodies
{
    /** With the largest result, and all that its code may say, the answer is still one that the engine takes; else it would run again. */
    private const NEWS_BYTES_MAX = Limits::ANSWER_BYTES_MAX - Limits::VALUE_BYTES_MAX - Limits::LOG_BYTES_PER_ANSWER_MAX
        - Limits::STATE_BYTES_MAX - 65_536;

    private ?Body $body = null;
    /** @var array<string, mixed>|null */
    private ?array $running = null;
    private ?Scope $scope = null;
    private bool $isLeftOut = false;
    private bool $isToYield = false;

    /** @param float $startUntilMs On the monotonic clock; no body begins after that. Infinite for the one step that a task is for. */
    public function __construct(private readonly float $startUntilMs, private readonly News $news)
    {
    }

    /** Whether something was left to the next turn, for which there was neither time nor room. */
    public function isLeftOut(): bool
    {
        return $this->isLeftOut;
    }

    /** Something goes with the next turn. */
    public function leaveOut(): void
    {
        $this->isLeftOut = true;
    }

    /** The engine wants the run back: the next turn starts what is still to come. */
    public function startNoMore(): void
    {
        $this->isToYield = true;
    }

    /**
     * Runs it, unless the time for that is over; its op is news.
     *
     * @param \Closure(): (array<string, mixed>|null) $body Null when it is left to another turn.
     */
    public function start(\Closure $body, Scope $scope): void
    {
        $isFull = $this->news->bytes() > self::NEWS_BYTES_MAX || $this->news->isFull();
        $isLate = $this->isToYield || Clock::monotonicMs() >= $this->startUntilMs;
        if ($isLate || ($isFull && is_finite($this->startUntilMs))) {
            $this->leaveOut();
            return;
        }
        $this->scope = $scope;
        $op = $body();
        if ($op !== null) {
            $this->news->add($op, $scope);
        }
    }

    /**
     * Calls code in which no step may stand.
     *
     * @template T
     * @param \Closure(): T $call
     * @return T
     */
    public function within(Body $body, \Closure $call): mixed
    {
        $before = $this->body;
        $this->body = $body;
        try {
            return $call();
        } finally {
            $this->body = $before;
        }
    }

    /** The one that runs now. */
    public function current(): ?Body
    {
        return $this->body;
    }

    /** @param array<string, mixed>|null $op What is reported should PHP end while it runs, without how that went. */
    public function runs(?array $op): void
    {
        $this->running = $op;
    }

    /** @return array<string, mixed>|null */
    public function running(): ?array
    {
        return $this->running === null || $this->scope === null ? null : News::within($this->scope, $this->running);
    }

    /**
     * A step inside a step's body could not be replayed: the outer one answers from the memo, and the inner one is never
     * reached again.
     *
     * @throws NonRetriableError
     */
    public function refuseNesting(string $what): void
    {
        $outer = $this->body;
        if ($outer === null) {
            return;
        }
        if ($outer->isQuery) {
            throw new NonRetriableError(
                "{$what} is called in query \"{$outer->name}\", which answers and starts nothing. Read what the handler has in "
                . 'variables.',
            );
        }
        throw new NonRetriableError(
            "{$what} is called inside step \"{$outer->name}\". Steps do not nest: call it after \"{$outer->name}\", with what "
            . 'that returns.',
        );
    }
}
