<?php

declare(strict_types=1);

namespace Durable\Steps;

use Durable\Execution\GroupScope;
use Durable\Execution\Scope;
use Durable\Execution\StepCall;
use Durable\Execution\Turn;
use Durable\Json\Value;
use Durable\Wire\Limits;
use Durable\Wire\StepId;

/** Items of a loop that leave the memo together. */
final class Group
{
    /** Part of the ids of what is recorded: it never changes. */
    private const ITEMS = 100;

    public readonly GroupScope $scope;
    public readonly int $end;
    /** Whether it was done before this turn. */
    public readonly bool $isRecorded;
    public int $leftCount;
    private readonly string $name;

    /** @param Scope $point Of the loop. */
    public function __construct(
        private readonly Turn $turn,
        private readonly Scope $point,
        private readonly string $loopName,
        public readonly int $first,
        int $total,
    ) {
        $this->end = min($first + self::ITEMS, $total);
        $this->name = $first . '-' . ($this->end - 1);
        $this->scope = new GroupScope(StepId::of($point->id, $this->name, 0), $point);
        $this->leftCount = $this->end - $first;
        $this->isRecorded = $turn->memo->has($this->scope->id);
    }

    /** Where the steps of an item stand. */
    public function item(int $index, bool $plans): Scope
    {
        return new Scope(StepId::of($this->scope->id, (string) $index, 0), $this->scope, $plans);
    }

    /** @return list<mixed> The results that are recorded. */
    public function recorded(): array
    {
        return $this->ask(static function (): void {
        });
    }

    /**
     * Its items are done: the group is one entry with their results, and their steps leave the memo.
     *
     * @param list<mixed> $results
     * @return list<mixed>
     */
    public function close(array $results): array
    {
        $json = Value::toJson("forEach \"{$this->loopName}\" returned", $results, PHP_INT_MAX);
        $steps = $this->scope->steps();
        // A step that can be undone must be found again when it is; results that one entry cannot hold stay with their steps.
        if ($steps === [] || $this->scope->canBeUndone || strlen($json->text) > Limits::VALUE_BYTES_MAX) {
            return Value::of($json);
        }
        $this->turn->closeAll([$this->scope]);
        return $this->ask(function (string $id, int $n) use ($json, $steps): void {
            $op = ['op' => 'group', 'id' => $id, 'name' => $this->name, 'n' => $n, 'v' => $json, 'folds' => $steps];
            $this->turn->report($op, $this->point);
        });
    }

    /** @param \Closure(string, int): void $begin */
    private function ask(\Closure $begin): array
    {
        return $this->turn->ask(new StepCall('group', $this->name), $this->point, $begin);
    }
}
