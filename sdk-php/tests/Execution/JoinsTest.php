<?php

declare(strict_types=1);

namespace Durable\Tests\Execution;

use Durable\Step;
use Durable\Wire\StepId;
use PHPUnit\Framework\Attributes\DataProvider;

/** Branches beside each other: who wins is decided by the order of the memo. */
final class JoinsTest extends TurnCase
{
    private static function scope(string $join, string $branch): string
    {
        return StepId::of(StepId::of('', $join, 0), $branch, 0);
    }

    /** @dataProvider modes */
    #[DataProvider('modes')]
    public function testTheIdsOfABranchDoNotDependOnTheOthers(string $mode): void
    {
        self::use($mode);
        $handler = static fn (array $event, Step $step): mixed => $step->parallel([
            'left' => static fn (Step $step) => $step->run('x', static fn (): int => 1),
            'right' => static fn (Step $step) => $step->run('x', static fn (): int => 2),
        ], fanOut: false);
        $answer = self::turn($handler);
        self::assertSame(['run', 'run'], array_column($answer['ops'], 'op'));
        self::assertSame([self::scope('parallel', 'left'), self::scope('parallel', 'right')], array_column($answer['ops'], 'scope'));
        foreach ($answer['ops'] as $op) {
            self::assertSame(StepId::of($op['scope'], 'x', 0), $op['id']);
        }
        $memo = [self::ok('x', 20, scope: self::scope('parallel', 'right')), self::ok('x', 10, scope: self::scope('parallel', 'left'))];
        self::assertSame(['left' => 10, 'right' => 20], self::turn($handler, $memo)['output']);
    }

    /** @dataProvider modes */
    #[DataProvider('modes')]
    public function testTheMemoDecidesARace(string $mode): void
    {
        self::use($mode);
        $handler = static fn (array $event, Step $step): mixed => $step->race([
            'slow' => static function (Step $step): string {
                $step->sleep('nap', '1h');
                return 'slept';
            },
            'fast' => static fn (Step $step) => $step->run('work', static fn (): string => 'worked'),
        ]);
        $work = self::ok('work', 'worked', scope: self::scope('race', 'fast'));
        $nap = self::ok('nap', null, 'sleep', scope: self::scope('race', 'slow'));
        $open = self::pending('nap', 'sleep', scope: self::scope('race', 'slow'));
        foreach ([[[$work, $nap], 'fast'], [[$nap, $work], 'slow'], [[$work, $open], 'fast']] as [$memo, $winner]) {
            $answer = self::turn($handler, $memo);
            self::assertSame(['done', $winner], [$answer['status'], $answer['output']['branch']]);
            self::assertSame(['join', [$winner]], [$answer['ops'][0]['op'], $answer['ops'][0]['v']]);
            self::assertCount(1, $answer['ops'][0]['losers']);
        }
        $joined = ['id' => StepId::of('', 'race', 0), 'op' => 'join', 'st' => 'ok', 'v' => ['fast']];
        self::assertArrayNotHasKey('ops', self::turn($handler, [$work, $joined, $open]));
    }

    /** @dataProvider modes */
    #[DataProvider('modes')]
    public function testResultsAreHandedOutInTheOrderOfTheMemo(string $mode): void
    {
        self::use($mode);
        $order = [];
        $branch = static function (string $name) use (&$order): \Closure {
            return static function (Step $step) use (&$order, $name): string {
                $step->sleep('first', 10);
                $step->sleep('second', 10);
                $order[] = $name;
                return $name;
            };
        };
        $scopes = [self::scope('parallel', '0'), self::scope('parallel', '1')];
        $memo = [
            self::ok('first', null, 'sleep', scope: $scopes[1]),
            self::ok('first', null, 'sleep', scope: $scopes[0]),
            self::ok('second', null, 'sleep', scope: $scopes[1]),
            self::ok('second', null, 'sleep', scope: $scopes[0]),
        ];
        $answer = self::turn(static fn (array $event, Step $step) => $step->parallel([$branch('a'), $branch('b')]), $memo);
        // Without Fibers they are called once more, for what they do to the variables of the code around them.
        self::assertSame([['b', 'a'], ['a', 'b']], [array_slice($order, 0, 2), $answer['output']]);
    }

    /** @dataProvider modes */
    #[DataProvider('modes')]
    public function testTooFewThatSucceedAreAnError(string $mode): void
    {
        self::use($mode);
        $fails = static fn (string $why): \Closure => static fn (): mixed => throw new \RuntimeException($why);
        $answer = self::turn(static fn (array $event, Step $step) => $step->parallel([
            'a' => $fails('one'),
            'b' => $fails('two'),
            'c' => static fn (): int => 1,
        ], join: 2));
        self::assertSame('JoinError', $answer['error']['name']);
        self::assertSame(
            'Join "parallel" wants 2 of 3 branches, and only 1 can still succeed. a: RuntimeException: one; b: RuntimeException: two',
            $answer['error']['message'],
        );
    }

    public function testSomeOfThem(): void
    {
        $value = static fn (int $value): \Closure => static fn (): int => $value;
        $two = self::turn(static fn (array $event, Step $step) => $step->parallel([$value(1), $value(2), $value(3)], join: 2));
        self::assertSame([1, 2], $two['output']);
        $first = self::turn(static fn (array $event, Step $step) => $step->parallel(['a' => $value(1), 'b' => $value(2)], join: 'first'));
        self::assertSame(['branch' => 'a', 'value' => 1], $first['output']);
        $none = self::turn(static fn (array $event, Step $step) => $step->parallel([]));
        self::assertSame([], $none['output']);
    }

    /** @dataProvider modes */
    #[DataProvider('modes')]
    public function testBranchesWithinBranches(string $mode): void
    {
        self::use($mode);
        $handler = static fn (array $event, Step $step): mixed => $step->parallel([
            static function (Step $step): mixed {
                $before = $step->run('before', static fn (): int => 1);
                return [$before, $step->race([
                    static fn (Step $step) => $step->run('inner', static fn (): int => 2),
                    static function (Step $step): int {
                        $step->sleep('long', '1d');
                        return 3;
                    },
                ])];
            },
            static fn (Step $step) => $step->run('beside', static fn (): int => 4),
        ]);
        $outer = self::scope('parallel', '0');
        $inner = StepId::of(StepId::of($outer, 'race', 0), '0', 0);
        $memo = [
            self::ok('before', 1, scope: $outer),
            self::ok('beside', 4, scope: self::scope('parallel', '1')),
            self::ok('inner', 2, scope: $inner),
        ];
        self::assertSame([[1, 2], 4], self::turn($handler, $memo)['output']);
    }

    /** @dataProvider modes */
    #[DataProvider('modes')]
    public function testALoopKeepsItsItemsInGroups(string $mode): void
    {
        self::use($mode);
        $handler = static fn (array $event, Step $step): array => $step->forEach(
            range(0, 149),
            static fn (int $item, int $index, Step $step): int => $step->run('square', static fn (): int => $item * $item),
        );
        $point = StepId::of('', 'forEach', 0);
        $first = StepId::of($point, '0-99', 0);
        $memo = [];
        for ($i = 0; $i < 100; $i += 1) {
            $memo[] = self::ok('square', $i * $i, scope: StepId::of($first, (string) $i, 0));
        }
        $answer = self::turn($handler, $memo);
        self::assertSame(['group', '0-99', $point, 100], [
            $answer['ops'][0]['op'],
            $answer['ops'][0]['name'],
            $answer['ops'][0]['scope'],
            count($answer['ops'][0]['folds']),
        ]);
        $group = ['id' => $first, 'op' => 'group', 'st' => 'ok', 'v' => $answer['ops'][0]['v']];
        $next = self::turn($handler, [$group]);
        self::assertSame(['run', 10_000], [$next['ops'][0]['op'], $next['ops'][0]['v']]);
    }

    /** @dataProvider modes */
    #[DataProvider('modes')]
    public function testTheFirstErrorOfALoopIsThrown(string $mode): void
    {
        self::use($mode);
        $began = [];
        $answer = self::turn(static function (array $event, Step $step) use (&$began): string {
            try {
                $step->forEach([1, 2, 3, 4], static function (int $item, int $index, Step $step) use (&$began): int {
                    $began[$item] = true;
                    return $item === 2 ? throw new \RuntimeException('two') : $step->run('work', static fn (): int => 1);
                }, concurrency: 2);
                return 'no';
            } catch (\RuntimeException $error) {
                return $error->getMessage();
            }
        });
        self::assertSame(['two', [1, 2]], [$answer['output'], array_keys($began)]);
    }

    /** @dataProvider modes */
    #[DataProvider('modes')]
    public function testABranchThatLostGoesNoFurther(string $mode): void
    {
        self::use($mode);
        $ran = false;
        $answer = self::turn(static function (array $event, Step $step) use (&$ran): string {
            $kept = null;
            $step->race([
                static function (Step $step) use (&$kept): void {
                    $kept = $step;
                    $step->sleep('long', '1d');
                },
                static fn (): int => 1,
            ]);
            $kept?->run('after all', static function () use (&$ran): void {
                $ran = true;
            });
            return 'no';
        });
        self::assertSame(['continue', ['race'], false], [$answer['status'], self::names($answer), $ran]);
    }

    /** @dataProvider modes */
    #[DataProvider('modes')]
    public function testWhatBranchesWriteIsSeenBehindThem(string $mode): void
    {
        self::use($mode);
        $handler = static function (array $event, Step $step): array {
            $seen = [];
            $branch = static function (string $name) use (&$seen): \Closure {
                return static function (Step $step) use (&$seen, $name): void {
                    $seen[] = $step->run('one', static fn (): int => 0) . $name;
                    $seen[] = $step->run('two', static fn (): int => 0) . $name;
                };
            };
            $step->parallel([$branch('a'), $branch('b')]);
            $step->forEach([5, 6], static function (int $item, int $index, Step $step) use (&$seen): void {
                $seen[] = $step->run('three', static fn (): int => 0) + $item;
            }, concurrency: 2);
            return $seen;
        };
        $memo = [];
        foreach (['0', '1'] as $branch) {
            $memo[] = self::ok('one', 1, scope: self::scope('parallel', $branch));
            $memo[] = self::ok('two', 2, scope: self::scope('parallel', $branch));
        }
        $group = StepId::of(StepId::of('', 'forEach', 0), '0-1', 0);
        foreach (['0', '1'] as $item) {
            $memo[] = self::ok('three', 10, scope: StepId::of($group, $item, 0));
        }
        $answer = self::turn($handler, $memo);
        self::assertSame('group', $answer['ops'][0]['op']);
        $memo[] = ['id' => $answer['ops'][0]['id'], 'op' => 'group', 'st' => 'ok', 'v' => $answer['ops'][0]['v']];
        self::assertSame(['1a', '2a', '1b', '2b'], self::turn($handler, array_slice($memo, 0, 4) + [4 => end($memo)])['output']);
    }

    /** @dataProvider modes */
    #[DataProvider('modes')]
    public function testARunDoesNotSleepOnForItsOwnSake(string $mode): void
    {
        self::use($mode);
        $answer = self::turn(static function (array $event, Step $step): string {
            $step->race([
                static fn () => $step->sleep('of the handler itself', '1d'),
                static fn (): int => 1,
            ]);
            return 'done';
        });
        self::assertSame(['done', ['race']], [$answer['status'], self::names($answer)]);
    }

    public function testMistakesSaySo(): void
    {
        $ask = static fn (\Closure $ask): string => self::turn($ask)['error']['message'];
        self::assertStringContainsString('there is no branch to wait for', $ask(static fn ($event, Step $step) => $step->race([])));
        self::assertStringContainsString('"join" is "all", "first" or a number of branches from 1 to 1, not 2', $ask(
            static fn ($event, Step $step) => $step->parallel([static fn (): int => 1], join: 2),
        ));
        self::assertStringContainsString('its branch "0" is no function', $ask(static fn ($event, Step $step) => $step->race([1])));
        self::assertStringContainsString('is a generator', $ask(static fn ($event, Step $step) => $step->race([static fn () => yield 1])));
        self::assertStringContainsString('"concurrency" is a whole number from 1, not 0', $ask(
            static fn ($event, Step $step) => $step->forEach([1], static fn (): int => 1, concurrency: 0),
        ));
    }
}
