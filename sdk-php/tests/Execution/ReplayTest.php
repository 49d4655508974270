<?php

declare(strict_types=1);

namespace Durable\Tests\Execution;

use Durable\Exception\NonRetriableError;
use Durable\Exception\StepError;
use Durable\Execution\TurnOptions;
use Durable\Step;
use Durable\StepContext;
use Durable\Tests\stubs\Lines;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\Group;

/** What is recorded answers, the first new step ends the turn, and what suspended code does counts for nothing. */
final class ReplayTest extends TurnCase
{
    /** @dataProvider modes */
    #[DataProvider('modes')]
    public function testTheFirstNewStepEndsTheTurn(string $mode): void
    {
        self::use($mode);
        $ran = [];
        $handler = function (array $event, Step $step) use (&$ran): array {
            $a = $step->run('a', function () use (&$ran): string {
                $ran[] = 'a';
                return 'A';
            });
            $b = $step->run('b', function () use (&$ran, $a, $event): string {
                $ran[] = 'b';
                return "{$a}B{$event['data']['order']}";
            });
            return [$a, $b];
        };
        self::assertSame(['status' => 'continue', 'fence' => 'f1', 'ops' => [[
            'op' => 'run', 'id' => '3c469e9d6c5875d37a43f353d4f88e61', 'name' => 'a', 'n' => 0, 'st' => 'ok', 'v' => 'A', 'ms' => 0,
        ]]], self::withId(self::turn($handler), '3c469e9d6c5875d37a43f353d4f88e61'));
        self::assertSame('AB42', self::turn($handler, [self::ok('a', 'A')])['ops'][0]['v']);
        $end = self::turn($handler, [self::ok('a', 'A'), self::ok('b', 'B')]);
        self::assertSame(['status' => 'done', 'fence' => 'f1', 'output' => ['A', 'B'], 'unclaimed' => 0], $end);
        self::assertSame(['a', 'b'], $ran);
    }

    /** @dataProvider modes */
    #[DataProvider('modes')]
    public function testNamesAreCounted(string $mode): void
    {
        self::use($mode);
        $handler = static function (array $event, Step $step): array {
            $all = [];
            for ($i = 0; $i < 3; $i += 1) {
                $all[] = $step->run('again', static fn (): int => $i);
            }
            return $all;
        };
        $answer = self::turn($handler, [self::ok('again', 10), self::ok('again', 11, n: 1)]);
        self::assertSame([2, 2], [$answer['ops'][0]['n'], $answer['ops'][0]['v']]);
    }

    public function testAChildMayBeAFunctionOfAnotherApp(): void
    {
        $handler = static fn (array $event, Step $step): mixed => $step->invoke('ship it', 'ship', input: ['order' => 7], app: 'other');
        $op = self::turn($handler)['ops'][0];
        self::assertSame(['ship', 'other', ['order' => 7]], [$op['fn'], $op['app'], $op['input']]);
        $spawned = self::turn(static fn (array $event, Step $step): string => $step->spawn('ship', app: 'other'))['ops'][0];
        self::assertSame(['ship', 'other', true], [$spawned['fn'], $spawned['app'], $spawned['spawn']]);
        self::assertArrayNotHasKey('app', self::turn(static fn (array $event, Step $step): mixed => $step->invoke('ship'))['ops'][0]);
        $refused = self::turn(static fn (array $event, Step $step): mixed => $step->invoke('ship', app: 'no/slash'));
        self::assertStringStartsWith('Step "ship": "app" "no/slash" must be 1 to 100 of', $refused['error']['message']);
    }

    /** @dataProvider modes */
    #[DataProvider('modes')]
    public function testCodeThatSwallowsEverythingCannotGoOn(string $mode): void
    {
        self::use($mode);
        $logger = new Lines();
        $ran = 0;
        $handler = static function (array $event, Step $step) use (&$ran): string {
            try {
                $step->run('a', static fn (): int => 1);
            } catch (\Throwable) {
            }
            try {
                $step->run('b', static function () use (&$ran): void {
                    $ran += 1;
                });
            } catch (\Throwable) {
            }
            return 'wrong';
        };
        $answer = self::turn($handler, options: new TurnOptions(logger: $logger));
        self::assertSame(['continue', ['a']], [$answer['status'], self::names($answer)]);
        self::assertSame(0, $ran);
        self::assertSame($mode === 'rerun' ? ['warning'] : [], array_column($logger->lines, 0));
    }

    /** @dataProvider modes */
    #[DataProvider('modes')]
    public function testCatchOfExceptionsIsNotDisturbed(string $mode): void
    {
        self::use($mode);
        $caught = 0;
        $answer = self::turn(static function (array $event, Step $step) use (&$caught): void {
            try {
                $step->sleep('a', 10);
            } catch (\Exception) {
                $caught += 1;
            }
        });
        self::assertSame([0, ['a']], [$caught, self::names($answer)]);
    }

    /** @dataProvider modes */
    #[DataProvider('modes')]
    public function testAStepInAFinallyRunsAtTheRealEnd(string $mode): void
    {
        self::use($mode);
        $handler = static function (array $event, Step $step): string {
            try {
                $step->run('work', static fn (): int => 1);
            } finally {
                $step->run('clean up', static fn (): int => 2);
            }
            return 'done';
        };
        self::assertSame(['work'], self::names(self::turn($handler)));
        self::assertSame(['clean up'], self::names(self::turn($handler, [self::ok('work', 1)])));
        self::assertSame('done', self::turn($handler, [self::ok('work', 1), self::ok('clean up', 2)])['output']);
    }

    /** @dataProvider modes */
    #[DataProvider('modes')]
    public function testWhatIsPendingBlocksAndIsNotReportedAgain(string $mode): void
    {
        self::use($mode);
        $handler = static function (array $event, Step $step): void {
            $step->sleep('rest', '1h');
            $step->run('never', static fn (): int => 1);
        };
        $answer = self::turn($handler, [self::pending('rest', 'sleep')]);
        self::assertSame(['status' => 'continue', 'fence' => 'f1', 'ops' => []], $answer);
    }

    /** @dataProvider modes */
    #[DataProvider('modes')]
    public function testAFailedStepIsThrownWhereItStands(string $mode): void
    {
        self::use($mode);
        $handler = static function (array $event, Step $step): array {
            try {
                $step->run('pay', static fn (): int => 1);
                return [];
            } catch (StepError $error) {
                return [$error->stepName, $error->errorName(), $error->getMessage()];
            }
        };
        $answer = self::turn($handler, [self::err('pay', 'CardError')]);
        self::assertSame(['pay', 'CardError', 'it was CardError'], $answer['output']);
        $uncaught = self::turn(static fn (array $event, Step $step) => $step->run('pay', static fn (): int => 1), [self::err('pay', 'CardError')]);
        self::assertSame(['error', 'CardError', false], [$uncaught['status'], $uncaught['error']['name'], $uncaught['error']['retry']]);
        self::assertSame('pay', $uncaught['error']['step'] === self::ok('pay')['id'] ? 'pay' : 'another');
    }

    /** @dataProvider modes */
    #[DataProvider('modes')]
    public function testAStepInAStepIsRefused(string $mode): void
    {
        self::use($mode);
        $answer = self::turn(static function (array $event, Step $step): void {
            $step->run('outer', static fn (): mixed => $step->run('inner', static fn (): int => 1));
        });
        self::assertSame(
            'Step "inner" is called inside step "outer". Steps do not nest: call it after "outer", with what that returns.',
            $answer['ops'][0]['error']['message'],
        );
        self::assertFalse($answer['ops'][0]['error']['retry']);
    }

    /**
     * @dataProvider modes
     * @group fibers
     */
    #[DataProvider('modes'), Group('fibers')]
    public function testAStepInAFiberOfSomebodyElseIsRefused(string $mode): void
    {
        self::use($mode);
        $answer = self::turn(static function (array $event, Step $step): void {
            $fiber = new \Fiber(static fn () => $step->run('inside', static fn (): int => 1));
            $fiber->start();
        });
        self::assertSame('error', $answer['status']);
        self::assertStringContainsString('"inside" is called in a Fiber that is not the function\'s own', $answer['error']['message']);
        self::assertFalse($answer['error']['retry']);
    }

    /** @group fibers */
    #[Group('fibers')]
    public function testAHandlerThatIsSuspendedBySomethingElseSaysSo(): void
    {
        $answer = self::turn(static function (): void {
            \Fiber::suspend('mine');
        });
        self::assertStringContainsString('suspended by something else than a step', $answer['error']['message']);
    }

    /** @dataProvider modes */
    #[DataProvider('modes')]
    public function testAnotherOpUnderTheSameNameIsNondeterminism(string $mode): void
    {
        self::use($mode);
        $answer = self::turn(
            static fn (array $event, Step $step) => $step->run('a', static fn (): int => 1),
            [self::ok('a', null, 'sleep')],
        );
        self::assertSame('nondeterminism', $answer['error']['code']);
        self::assertStringStartsWith(
            'Step "a" (0) is recorded as "sleep", and the code now asks for "run" under that name, at ',
            $answer['error']['message'],
        );
    }

    /** @dataProvider modes */
    #[DataProvider('modes')]
    public function testResultsThatNobodyAskedForAreCounted(string $mode): void
    {
        self::use($mode);
        self::assertSame(2, self::turn(static fn (): int => 1, [self::ok('a'), self::ok('b'), self::pending('c', 'sleep')])['unclaimed']);
    }

    /** @dataProvider modes */
    #[DataProvider('modes')]
    public function testOutputBuffersAreRestored(string $mode): void
    {
        self::use($mode);
        $before = ob_get_level();
        $answer = self::turn(static function (array $event, Step $step): void {
            ob_start();
            $step->run('a', static function (): int {
                echo "printed\n";
                ob_start();
                echo 'in two buffers';
                return 1;
            });
        });
        self::assertSame($before, ob_get_level());
        self::assertSame(['printed', 'in two buffers'], array_column($answer['ops'][0]['logs'], 'message'));
    }

    /** @dataProvider modes */
    #[DataProvider('modes')]
    public function testTheBudgetEndsATurn(string $mode): void
    {
        self::use($mode);
        $answer = self::turn(
            static fn (array $event, Step $step) => $step->run('a', static fn (): int => 1),
            more: ['budget' => ['ms' => 0, 'steps' => 1]],
        );
        self::assertSame(['status' => 'continue', 'fence' => 'f1', 'ops' => [], 'more' => true], $answer);
    }

    public function testATaskRunsItsStepAndNothingElse(): void
    {
        $ran = [];
        $handler = static function (array $event, Step $step) use (&$ran): array {
            $one = static function (string $name) use (&$ran): \Closure {
                return static function (Step $step) use (&$ran, $name): mixed {
                    return $step->run($name, static function () use (&$ran, $name): string {
                        $ran[] = $name;
                        return $name;
                    });
                };
            };
            return $step->parallel([$one('a'), $one('b')]);
        };
        $plan = self::turn($handler);
        self::assertSame(['plan', 'plan'], array_column($plan['ops'], 'op'));
        $task = ['kind' => 'step', 'step' => $plan['ops'][1]['id'], 'fence' => 'f2'];
        $answer = self::turn($handler, more: ['task' => $task]);
        self::assertSame([['b'], ['b'], 'f2'], [self::names($answer), $ran, $answer['fence']]);
        $unknown = self::turn($handler, more: ['task' => ['kind' => 'step', 'step' => str_repeat('0', 32), 'fence' => 'f3']]);
        self::assertSame(['status' => 'step_not_found', 'fence' => 'f3'], $unknown);
    }

    public function testWhatUndoesAStepGetsItsResult(): void
    {
        $undone = null;
        $handler = static function (array $event, Step $step) use (&$undone): void {
            $step->run('charge', static fn (): string => 'ch_1', compensate: static function (string $charge, StepContext $context) use (&$undone): void {
                $undone = [$charge, $context->attempt, $context->idempotencyKey];
            });
            throw new NonRetriableError('no');
        };
        self::assertTrue(self::turn($handler)['ops'][0]['compensate']);
        $charge = self::ok('charge', 'ch_1');
        $answer = self::turn($handler, [$charge], ['task' => ['kind' => 'compensate', 'step' => $charge['id'], 'fence' => 'f2']]);
        self::assertSame(['compensate', 'ok', $charge['id'], 'charge'], [
            $answer['ops'][0]['op'],
            $answer['ops'][0]['st'],
            $answer['ops'][0]['scope'],
            $answer['ops'][0]['name'],
        ]);
        self::assertSame(['ch_1', 1, "run_1/{$answer['ops'][0]['id']}"], $undone);
    }

    public function testStepsThatNeedAnEngineThatCanSaySoWhereTheyStand(): void
    {
        $answer = self::turn(static fn (array $event, Step $step) => $step->run('once', static fn (): int => 1, atMostOnce: true));
        self::assertStringContainsString('this engine cannot run a step at most once', $answer['error']['message']);
        $answer = self::turn(static fn (array $event, Step $step) => $step->run('a', static fn (): int => 1, heartbeatTimeout: '5s'));
        self::assertStringContainsString('the engine cannot hear it. Set DURABLE_URL', $answer['error']['message']);
    }

    /**
     * @param array<string, mixed> $answer
     * @return array<string, mixed>
     */
    private static function withId(array $answer, string $id): array
    {
        $answer['ops'][0]['id'] = $id;
        return $answer;
    }
}
