<?php

declare(strict_types=1);

namespace Durable\Steps;

use Durable\Execution\Decision;
use Durable\Execution\Scope;
use Durable\Execution\Task;
use Durable\Execution\Turn;
use Durable\Step;

/**
 * A loop over items. So many may be under way at a time; an item that takes long keeps its group in the memo, and holds up
 * nothing else. After an error nobody begins another.
 */
final class Loop implements Decision
{
    /** Where the groups stand. */
    private readonly Scope $point;
    /** @var array<int, mixed> */
    private array $results = [];
    private int $next = 0;
    private int $runningCount = 0;
    private bool $isOver = false;
    private ?Group $group = null;
    /** @var array<int, Group> By their first item. */
    private array $underWay = [];
    /** @var array<int, array{Task, Scope}> By their items. */
    private array $begun = [];
    private int $concurrency = 1;
    private ?Task $waiting = null;

    /**
     * @param list<mixed> $items
     * @param \Closure(Scope): Step $stepIn
     */
    private function __construct(
        private readonly Turn $turn,
        private readonly Scope $scope,
        private readonly string $name,
        private readonly string $id,
        private readonly int $n,
        private readonly array $items,
        private readonly \Closure $code,
        private readonly \Closure $stepIn,
    ) {
        $this->point = new Scope($id, $scope);
    }

    /**
     * @param list<mixed> $items
     * @param \Closure(Scope): Step $stepIn
     */
    public static function at(Turn $turn, Scope $scope, string $name, array $items, \Closure $code, \Closure $stepIn): self
    {
        [$id, $n] = $turn->places->next($scope, $name);
        return new self($turn, $scope, $name, $id, $n, $items, $code, $stepIn);
    }

    /** @return list<mixed> */
    public function oneByOne(): array
    {
        $results = [];
        for ($first = 0; $first < count($this->items); $first = $group->end) {
            $group = $this->turn->remember(
                "the group from {$first} of forEach \"{$this->name}\"",
                fn (): Group => $this->groupFrom($first),
            );
            if ($group->isRecorded) {
                array_push($results, ...$group->recorded());
                continue;
            }
            $own = [];
            for ($index = $first; $index < $group->end; $index += 1) {
                $step = ($this->stepIn)($group->item($index, false));
                $own[] = ($this->code)($this->items[$index], $index, $step);
            }
            array_push($results, ...$group->close($own));
        }
        return $results;
    }

    public function beside(int $concurrency, Task $waiting): self
    {
        $this->concurrency = $concurrency;
        $this->waiting = $waiting;
        $this->beginMore();
        return $this;
    }

    public function isDecided(): bool
    {
        return $this->isOver;
    }

    /** The items as the code has them that is called again. */
    public function again(\Closure $code): void
    {
        foreach ($this->begun as $index => [$task, $own]) {
            $this->turn->tasks->again($task, $this->callOf($code, $index, $own));
        }
    }

    /** @return \Closure(): mixed */
    private function callOf(\Closure $code, int $index, Scope $own): \Closure
    {
        return fn (): mixed => $code($this->items[$index], $index, ($this->stepIn)($own));
    }

    private function beginMore(): void
    {
        while (!$this->isOver && $this->runningCount < $this->concurrency && $this->next < count($this->items)) {
            if ($this->group === null || $this->next === $this->group->end) {
                $this->group = $this->groupFrom($this->next);
                $this->underWay[$this->next] = $this->group;
            }
            $group = $this->group;
            if ($this->next === $group->first && $group->isRecorded) {
                $this->next = $group->end;
                $this->begin($group->recorded(...), $this->point, fn (mixed $results) => $this->put($group, $results));
                continue;
            }
            $index = $this->next;
            $this->next += 1;
            $own = $group->item($index, true);
            $task = $this->begin(
                $this->callOf($this->code, $index, $own),
                $own,
                fn (mixed $result) => $this->done($group, $index, $result),
            );
            $this->begun[$index] = [$task, $own];
        }
        if (!$this->isOver && $this->runningCount === 0 && $this->waiting !== null) {
            $this->isOver = true;
            ksort($this->results);
            $results = array_values($this->results);
            $this->turn->tasks->deliver($this->waiting, static fn (): array => $results);
        }
    }

    /**
     * @param \Closure(): mixed $code
     * @param \Closure(mixed): void $done
     */
    private function begin(\Closure $code, Scope $scope, \Closure $done): Task
    {
        $this->runningCount += 1;
        return $this->turn->tasks->add($code, function (bool $isReturned, mixed $value) use ($done): void {
            $this->runningCount -= 1;
            if ($this->isOver) {
                return;
            }
            $isReturned ? $done($value) : $this->fail($value);
            $this->beginMore();
        }, $scope);
    }

    private function done(Group $group, int $index, mixed $result): void
    {
        $this->results[$index] = $result;
        $group->leftCount -= 1;
        if ($group->leftCount > 0) {
            return;
        }
        $own = [];
        for ($at = $group->first; $at < $group->end; $at += 1) {
            $own[] = $this->results[$at];
        }
        $this->begin(static fn (): array => $group->close($own), $this->point, fn (mixed $results) => $this->put($group, $results));
    }

    /** @param list<mixed> $results */
    private function put(Group $group, array $results): void
    {
        unset($this->underWay[$group->first]);
        foreach ($results as $at => $result) {
            $this->results[$group->first + $at] = $result;
        }
    }

    /** As of a join that is lost: what the other items have open is cancelled, and they go no further. */
    private function fail(\Throwable $error): void
    {
        $this->isOver = true;
        $scopes = array_map(static fn (Group $group): Scope => $group->scope, array_values($this->underWay));
        $this->turn->decide($this->id, $this->name, $this->n, $this->scope, $scopes, []);
        if ($this->waiting !== null) {
            $this->turn->tasks->deliver($this->waiting, static fn (): mixed => throw $error);
        }
    }

    private function groupFrom(int $first): Group
    {
        return new Group($this->turn, $this->point, $this->name, $first, count($this->items));
    }
}
