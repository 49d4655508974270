<?php

declare(strict_types=1);

namespace Durable\Tests\Execution;

use Durable\Execution\TurnOptions;
use Durable\Step;
use Durable\StepContext;
use Durable\Tests\stubs\Lines;
use Psr\Log\LoggerInterface;

/** What the code of steps says: kept with the run, and told to the app's own logger. */
final class LogsTest extends TurnCase
{
    public function testTheAppsLoggerIsGivenWhatWasSaidAndNothingElse(): void
    {
        $logger = new Lines();
        $answer = self::turn(static fn (array $event, Step $step) => $step->run('a', static function (StepContext $context) use ($step): void {
            $context->log('alone');
            $context->log('with names', ['n' => 1], 'warn');
            $context->log('with a value', 7, 'loud');
            $step->log('by the step');
        }), options: new TurnOptions(logger: $logger));
        self::assertSame([
            ['info', 'alone', []],
            ['warning', 'with names', ['n' => 1]],
            ['info', 'with a value', ['data' => 7]],
            ['info', 'by the step', []],
        ], $logger->lines);
        $kept = array_map(
            static fn (array $line): array => [$line['level'], $line['message'], $line['data'] ?? null],
            $answer['ops'][0]['logs'],
        );
        self::assertSame([
            ['info', 'alone', null],
            ['warn', 'with names', ['n' => 1]],
            ['info', 'with a value', 7],
            ['info', 'by the step', null],
        ], $kept);
    }

    public function testALoggerThatFailsFailsNoStep(): void
    {
        $full = $this->createStub(LoggerInterface::class);
        $full->method('log')->willThrowException(new \UnexpectedValueException('The stream could not be opened: no space left'));
        $code = static fn (array $event, Step $step) => $step->run('a', static function (StepContext $context) use ($step): int {
            $context->log('one');
            $step->log('two');
            $context->logger()->error('three');
            return 1;
        });
        $op = self::turn($code, options: new TurnOptions(logger: $full))['ops'][0];
        self::assertSame(['ok', 3], [$op['st'], count($op['logs'])]);
    }

    public function testWhatManyStepsSayAndReturnFitsIntoOneAnswer(): void
    {
        $mib = 1_048_576;
        $code = static fn (array $event, Step $step) => $step->parallel([
            static fn (Step $step) => $step->run('some', static fn (): string => str_repeat('x', (int) (1.4 * $mib))),
            static fn (Step $step) => $step->run('much', static function (StepContext $context) use ($mib): string {
                for ($i = 0; $i < 200; $i += 1) {
                    $context->log('y', str_repeat('y', 8_000));
                }
                return str_repeat('x', 4 * $mib - 10);
            }),
        ], fanOut: false);
        self::assertLessThan(6 * $mib, strlen((string) json_encode(self::turn($code))));
    }

    public function testEventsThatDoNotFitIntoOneAnswerGoWithTheNext(): void
    {
        $code = static fn (array $event, Step $step) => $step->parallel(array_map(
            static fn (string $name): \Closure => static fn (Step $step) => $step->sendEvent($name, array_fill(
                0,
                4,
                ['name' => 'large', 'data' => str_repeat('x', 1_000_000)],
            )),
            ['first', 'second'],
        ));
        $answer = self::turn($code);
        self::assertSame([['first'], true], [self::names($answer), $answer['more'] ?? false]);
        $scope = $answer['ops'][0]['scope'];
        $answer = self::turn($code, [self::ok('first', ['e1', 'e2', 'e3', 'e4'], 'send', scope: $scope)]);
        self::assertSame([['second'], false], [self::names($answer), $answer['more'] ?? false]);
    }
}
