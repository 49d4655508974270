<?php

declare(strict_types=1);

namespace Durable\Tests\Execution;

use Durable\DurableFunction;
use Durable\Execution\FunctionRun;
use Durable\Execution\TurnOptions;
use Durable\Step;
use Durable\Wire\StepId;
use PHPUnit\Framework\Attributes\DataProvider;

/** What is answered for a turn that PHP ends in the middle of. */
final class LastWordsTest extends TurnCase
{
    /**
     * @dataProvider modes
     */
    #[DataProvider('modes')]
    public function testAStepOfABranchIsToldWithThePlaceItStandsIn(string $mode): void
    {
        self::use($mode);
        $held = new class () {
            public FunctionRun $run;
            public array $said = [];
        };
        $code = static function (array $event, Step $step) use ($held): void {
            $step->run('before', static fn (): int => 1);
            $step->parallel(['left' => static fn (Step $step) => $step->run('dies', static function () use ($held): void {
                $held->said = $held->run->lastWords('PHP ended: out of memory');
            })], fanOut: false, name: 'both');
        };
        $held->run = new FunctionRun(new DurableFunction('fn', $code), self::request([self::ok('before', 1)]), new TurnOptions());
        $held->run->answer();
        $said = $held->said;
        $scope = StepId::of(StepId::of('', 'both', 0), 'left', 0);
        $op = $said['ops'][0];
        self::assertSame(['continue', 1], [$said['status'], count($said['ops'])]);
        self::assertSame([StepId::of($scope, 'dies', 0), $scope, 'err'], [$op['id'], $op['scope'] ?? '', $op['st']]);
        self::assertSame(['FatalError', 'PHP ended: out of memory'], [$op['error']['name'], $op['error']['message']]);
    }
}
