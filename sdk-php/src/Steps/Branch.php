<?php

declare(strict_types=1);

namespace Durable\Steps;

use Durable\Exception\NonRetriableError;
use Durable\Execution\Body as RunningBody;
use Durable\Execution\OpCheck;
use Durable\Execution\Scope;
use Durable\Execution\StepCall;
use Durable\Execution\Turn;
use Durable\Options\Shown;
use Durable\Wire\Limits;

/** `$step->branch`: which way the code takes, recorded before it goes there. */
final class Branch
{
    /** @param array<array-key, bool|callable(): bool> $cases */
    public static function ask(Turn $turn, Scope $scope, string $name, array $cases): ?string
    {
        $read = static fn (mixed $recorded): ?string => $recorded['taken'] ?? null;
        return $turn->ask(
            new StepCall('branch', $name, read: $read),
            $scope,
            static function (string $id, int $n) use ($turn, $scope, $name, $cases): void {
                $names = self::names($name, $cases);
                OpCheck::bytes(['op' => 'branch', 'id' => $id, 'name' => $name, 'n' => $n, 'cases' => $names]);
                // What throws in a case is thrown where the branch stands: nothing is decided, so nothing is recorded.
                $turn->start(static fn (): array => [
                    'op' => 'branch',
                    'id' => $id,
                    'name' => $name,
                    'n' => $n,
                    'taken' => $turn->bodies->within(new RunningBody($name), static fn (): ?string => self::firstTrue($name, $cases)),
                    'cases' => $names,
                ], $scope);
            },
        );
    }

    /**
     * @param array<array-key, mixed> $cases
     * @return list<string>
     */
    private static function names(string $step, array $cases): array
    {
        $subject = "Step \"{$step}\"";
        $count = count($cases);
        if ($count === 0 || $count > Limits::BRANCH_CASES_MAX) {
            throw new NonRetriableError("{$subject}: a branch has 1 to 100 cases, not {$count}.");
        }
        foreach (array_keys($cases) as $name) {
            if (!is_string($name) || $name === '' || mb_strlen($name) > Limits::BRANCH_CASE_CHARACTERS_MAX) {
                throw new NonRetriableError(
                    "{$subject}: a case is named by 1 to 200 characters and not by a number: ['big' => \$total > 100].",
                );
            }
        }
        return array_map('strval', array_keys($cases));
    }

    /** @param array<array-key, mixed> $cases */
    private static function firstTrue(string $step, array $cases): ?string
    {
        foreach ($cases as $name => $case) {
            $holds = is_bool($case) || !is_callable($case) ? $case : $case();
            if (!is_bool($holds)) {
                throw new NonRetriableError(
                    "Step \"{$step}\": the case " . Shown::text((string) $name) . ' must be true, false or a function that returns one of '
                    . 'them. Compare explicitly, as in `$user !== null`.',
                );
            }
            if ($holds) {
                return (string) $name;
            }
        }
        return null;
    }
}
