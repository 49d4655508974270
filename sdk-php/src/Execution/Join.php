<?php

declare(strict_types=1);

namespace Durable\Execution;

/** Branches that run beside each other until it is decided whose results count. */
final class Join implements Decision
{
    /** @var list<array{key: string, index: int, ok: bool, value: mixed}> What has ended, in that order. */
    private array $ended = [];
    /** @var array<array-key, Scope> */
    private array $open = [];
    /** @var array<array-key, array{Task, Scope}> */
    private array $branches = [];
    private bool $isDecided = false;

    /**
     * @param \Closure(list<array{key: string, index: int, ok: bool, value: mixed}>): ?Verdict $judge Null while nothing is decided.
     */
    public function __construct(
        private readonly Turn $turn,
        private readonly Task $waiting,
        private readonly string $id,
        private readonly string $name,
        private readonly int $n,
        private readonly Scope $scope,
        private readonly \Closure $judge,
    ) {
    }

    /** @param \Closure(): mixed $code */
    public function branch(string $key, int $index, Scope $scope, \Closure $code): void
    {
        $this->open[$key] = $scope;
        $task = $this->turn->add($code, function (bool $isReturned, mixed $value) use ($key, $index): void {
            $this->end(['key' => $key, 'index' => $index, 'ok' => $isReturned, 'value' => $value]);
        }, $scope);
        $this->branches[$key] = [$task, $scope];
    }

    public function isDecided(): bool
    {
        return $this->isDecided;
    }

    /**
     * The branches as the code has them that is called again.
     *
     * @param \Closure(string, Scope): (\Closure(): mixed) $codeOf
     */
    public function again(\Closure $codeOf): void
    {
        foreach ($this->branches as $key => [$task, $scope]) {
            $this->turn->again($task, $codeOf((string) $key, $scope));
        }
    }

    /** @param array{key: string, index: int, ok: bool, value: mixed} $branch */
    private function end(array $branch): void
    {
        if ($this->isDecided) {
            return;
        }
        $this->ended[] = $branch;
        unset($this->open[$branch['key']]);
        $verdict = ($this->judge)($this->ended);
        if ($verdict === null) {
            return;
        }
        $this->isDecided = true;
        if ($verdict->hasLosers) {
            $winners = array_filter($this->ended, static fn (array $each): bool => $each['ok'] === $verdict->isGood);
            $this->turn->decide(
                $this->id,
                $this->name,
                $this->n,
                $this->scope,
                array_values($this->open),
                array_map(static fn (array $each): string => $each['key'], array_values($winners)),
            );
        }
        $this->turn->deliver($this->waiting, $verdict->give(...));
    }
}
