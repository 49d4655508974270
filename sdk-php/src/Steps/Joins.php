<?php

declare(strict_types=1);

namespace Durable\Steps;

use Durable\Exception\JoinError;
use Durable\Exception\NonRetriableError;
use Durable\Execution\Failure;
use Durable\Execution\Join;
use Durable\Execution\Scope;
use Durable\Execution\Task;
use Durable\Execution\Turn;
use Durable\Execution\Verdict;
use Durable\Options\Shown;
use Durable\Step;
use Durable\Text;
use Durable\Wire\StepId;
use Durable\Wire\StepName;

/** `$step->parallel` and `$step->race`: branches beside each other. */
final class Joins
{
    /**
     * @param array<array-key, callable(Step): mixed> $branches
     * @param 'all'|'first'|int $join
     * @param \Closure(Scope): Step $stepIn
     */
    public static function parallel(
        Turn $turn,
        Scope $scope,
        array $branches,
        string|int $join,
        string $name,
        bool $plans,
        \Closure $stepIn,
    ): mixed {
        $total = count($branches);
        if ($total === 0 && $join !== 'all' && $join !== 0) {
            throw self::noBranch($name);
        }
        $wanted = $join === 'all' ? $total : ($join === 'first' ? 1 : $join);
        if (!is_int($wanted) || $wanted < min(1, $total) || $wanted > $total) {
            throw new NonRetriableError(
                "Join \"{$name}\": \"join\" is \"all\", \"first\" or a number of branches from 1 to {$total}, not "
                . Shown::text($join) . '.',
            );
        }
        if ($total === 0) {
            return [];
        }
        $isList = array_is_list($branches);
        $judge = static function (array $ended) use ($join, $name, $total, $wanted, $isList): ?Verdict {
            $won = array_values(array_filter($ended, static fn (array $each): bool => $each['ok']));
            $lost = array_values(array_filter($ended, static fn (array $each): bool => !$each['ok']));
            if (count($won) === $wanted) {
                $value = $join === 'first' ? self::winner($won[0], $isList) : self::collected($won, $isList, $join === 'all');
                return Verdict::good($value, $join !== 'all');
            }
            if ($total - count($lost) >= $wanted) {
                return null;
            }
            // Who wants all of them wants to know what went wrong, not that something did.
            return Verdict::bad($join === 'all' ? $lost[0]['value'] : self::joinError($name, $wanted, $total, $lost));
        };
        return self::run($turn, $scope, $branches, $name, $plans, $judge, $stepIn);
    }

    /**
     * @param array<array-key, callable(Step): mixed> $branches
     * @param \Closure(Scope): Step $stepIn
     */
    public static function race(Turn $turn, Scope $scope, array $branches, string $name, bool $plans, \Closure $stepIn): mixed
    {
        $isList = array_is_list($branches);
        $judge = static fn (array $ended): Verdict => $ended[0]['ok']
            ? Verdict::good(self::winner($ended[0], $isList), true)
            : Verdict::bad($ended[0]['value']);
        return self::run($turn, $scope, $branches, $name, $plans, $judge, $stepIn);
    }

    /**
     * @param array<array-key, callable(Step): mixed> $branches
     * @param \Closure(list<array{key: string, index: int, ok: bool, value: mixed}>): ?Verdict $judge
     * @param \Closure(Scope): Step $stepIn
     */
    private static function run(
        Turn $turn,
        Scope $scope,
        array $branches,
        string $name,
        bool $plans,
        \Closure $judge,
        \Closure $stepIn,
    ): mixed {
        if ($branches === []) {
            throw self::noBranch($name);
        }
        $problem = StepName::problem($name);
        if ($problem !== null) {
            throw new NonRetriableError('Join ' . Shown::text($name) . ": {$problem}");
        }
        $codes = [];
        foreach ($branches as $key => $branch) {
            $key = (string) $key;
            $what = "Join \"{$name}\": its branch " . Shown::text($key);
            if (!Text::canTravel($key)) {
                throw new NonRetriableError("{$what} is named by what is no text.");
            }
            if (!is_callable($branch)) {
                throw new NonRetriableError("{$what} is no function.");
            }
            $codes[$key] = UserCode::closure($what, $branch);
        }
        return $turn->join(
            "Join \"{$name}\"",
            static function (Task $waiting) use ($turn, $scope, $codes, $name, $plans, $judge, $stepIn): Join {
                [$id, $n] = $turn->places->next($scope, $name);
                $join = new Join($turn, $waiting, $id, $name, $n, $scope, $judge);
                $index = 0;
                foreach ($codes as $key => $code) {
                    $own = new Scope(StepId::of($id, (string) $key, 0), $scope, $plans);
                    $join->branch((string) $key, $index, $own, static fn (): mixed => $code($stepIn($own)));
                    $index += 1;
                }
                return $join;
            },
            static fn (Join $join) => $join->again(
                static fn (string $key, Scope $own): \Closure => static fn (): mixed => $codes[$key]($stepIn($own)),
            ),
        );
    }

    private static function noBranch(string $name): NonRetriableError
    {
        return new NonRetriableError("Join \"{$name}\": there is no branch to wait for.");
    }

    /** @param array{key: string, index: int, ok: bool, value: mixed} $won */
    private static function winner(array $won, bool $isList): mixed
    {
        return $isList ? $won['value'] : ['branch' => $won['key'], 'value' => $won['value']];
    }

    /**
     * @param list<array{key: string, index: int, ok: bool, value: mixed}> $won
     * @return array<array-key, mixed>
     */
    private static function collected(array $won, bool $isList, bool $isInOrder): array
    {
        if ($isInOrder) {
            usort($won, static fn (array $a, array $b): int => $a['index'] <=> $b['index']);
        }
        return $isList ? array_column($won, 'value') : array_combine(array_column($won, 'key'), array_column($won, 'value'));
    }

    /** @param list<array{key: string, index: int, ok: bool, value: mixed}> $lost */
    private static function joinError(string $name, int $wanted, int $total, array $lost): JoinError
    {
        usort($lost, static fn (array $a, array $b): int => $a['index'] <=> $b['index']);
        $reasons = implode('; ', array_map(
            static fn (array $each): string => "{$each['key']}: " . Failure::nameOf($each['value']) . ": {$each['value']->getMessage()}",
            $lost,
        ));
        $left = $total - count($lost);
        return new JoinError(
            "Join \"{$name}\" wants {$wanted} of {$total} branches, and only {$left} can still succeed. {$reasons}",
            array_column($lost, 'value'),
        );
    }
}
