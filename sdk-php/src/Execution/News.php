<?php

declare(strict_types=1);

namespace Durable\Execution;

use Durable\Json\RawJson;
use Durable\Wire\Limits;

/** What a turn has to tell the engine, with its answer or with a checkpoint before that. */
final class News
{
    /** Kinds that change nothing anywhere: they only settle later. */
    private const ONLY_WAITS = ['sleep' => true, 'wait' => true, 'signal' => true];
    /** Whose value is known as soon as they are recorded: there is something to go on with. */
    private const SETTLES_AT_ONCE = ['run' => true, 'send' => true, 'group' => true];

    /** With what else stands in an answer it is one that the engine takes. */
    private const REPORTS_BYTES_MAX = Limits::ANSWER_BYTES_MAX - Limits::STATE_BYTES_MAX - 65_536;
    /** What names and punctuation of a member take, more or less. */
    private const MEMBER_BYTES = 64;

    public LogBudget $logBudget;
    /** @var list<array<string, mixed>> What was reached for the first time, in the order in which it was settled here. */
    private array $ops = [];
    /** @var array<string, mixed>|null What the run last said of itself: rides with any answer, and ends no turn. */
    private ?array $state = null;
    private bool $isStateNew = false;
    private int $bytes = 0;

    public function __construct()
    {
        $this->logBudget = new LogBudget();
    }

    /**
     * @param array<string, mixed> $op
     * @param int|null $bytes About how much it will be; found out unless told.
     */
    public function add(array $op, Scope $scope, ?int $bytes = null): void
    {
        $this->ops[] = self::within($scope, $op);
        $this->bytes += $bytes ?? self::bytesOf($op);
    }

    /**
     * @param array<string, mixed> $op
     * @return array<string, mixed> With the scope that it stands in.
     */
    public static function within(Scope $scope, array $op): array
    {
        return $scope->id === '' ? $op : $op + ['scope' => $scope->id];
    }

    /** Whether there are so many ops that only what must go with them, a join and the state, may be added. */
    public function isFull(): bool
    {
        return count($this->ops) >= Limits::OPS_PER_ANSWER_MAX - 2;
    }

    /** Whether an op of so many bytes, which may go with the next answer as well, shall go with this one. */
    public function hasRoomFor(int $bytes): bool
    {
        return $this->ops === [] || (!$this->isFull() && $this->bytes + $bytes <= self::REPORTS_BYTES_MAX);
    }

    /** @param array<string, mixed> $op */
    public function say(array $op): void
    {
        $this->state = $op;
        $this->isStateNew = true;
    }

    /** About how much the answer will be. */
    public function bytes(): int
    {
        return $this->bytes;
    }

    public function count(): int
    {
        return count($this->ops);
    }

    /** Whether there is a reason to be called again: a join alone is none. */
    public function hasWork(): bool
    {
        foreach ($this->ops as $op) {
            if ($op['op'] !== 'join') {
                return true;
            }
        }
        return false;
    }

    /** Whether the code could go on if the engine knew. */
    public function couldSettle(): bool
    {
        foreach ($this->ops as $op) {
            if (isset(self::SETTLES_AT_ONCE[$op['op']])) {
                return true;
            }
        }
        return false;
    }

    /**
     * Nobody wants these any more, unless one of them ran: that is told, like all that ran.
     *
     * @param array<string, true> $ids
     * @return list<string> Those that are forgotten.
     */
    public function forget(array $ids): array
    {
        $forgotten = [];
        $kept = [];
        foreach ($this->ops as $op) {
            if ($op['op'] !== 'run' && isset($ids[$op['id']])) {
                $forgotten[] = $op['id'];
            } else {
                $kept[] = $op;
            }
        }
        $this->ops = $kept;
        return $forgotten;
    }

    /** The handler has ended, so nobody is left to wait for anything: a run does not sleep on for its own sake. */
    public function forgetWaits(): void
    {
        $this->ops = array_values(array_filter(
            $this->ops,
            static fn (array $op): bool => !isset(self::ONLY_WAITS[$op['op']]),
        ));
    }

    private static function bytesOf(mixed $value): int
    {
        if (is_array($value)) {
            return array_sum(array_map(self::bytesOf(...), $value));
        }
        return self::MEMBER_BYTES + match (true) {
            $value instanceof RawJson => strlen($value->text),
            is_string($value) => strlen($value),
            default => 0,
        };
    }

    /** @return list<array<string, mixed>> What there is to tell, the state last. */
    public function ops(): array
    {
        return $this->state === null ? $this->ops : [...$this->ops, $this->state];
    }

    /** @return list<array<string, mixed>> Without the state. */
    public function stepOps(): array
    {
        return $this->ops;
    }

    /** @return list<array<string, mixed>> For a checkpoint: what the engine was not told yet. */
    public function untold(): array
    {
        return $this->isStateNew && $this->state !== null ? [...$this->ops, $this->state] : $this->ops;
    }

    /** The engine has all of it. */
    public function told(): void
    {
        $this->ops = [];
        $this->bytes = 0;
        $this->isStateNew = false;
        $this->logBudget = new LogBudget();
    }
}
