<?php

declare(strict_types=1);

namespace Durable\Tests\Execution;

use Durable\Exception\NonRetriableError;
use Durable\Step;
use PHPUnit\Framework\Attributes\DataProvider;

/** The engine refuses an answer whole, with the results of all its steps: what it would refuse is refused where it stands. */
final class RefusedOpsTest extends TurnCase
{
    /** @return iterable<string, array{\Closure(Step): mixed}> */
    public static function calls(): iterable
    {
        foreach (['NUL' => "a\0b", 'no UTF-8' => "a\xffb"] as $what => $text) {
            yield "a prompt with {$what}" => [static fn (Step $step): mixed => $step->waitForApproval('a', prompt: $text)];
            yield "a signal with {$what}" => [static fn (Step $step): mixed => $step->waitForSignal('a', key: $text)];
            yield "a match with {$what}" => [static fn (Step $step): mixed => $step->waitForEvent('a', ['event' => 'e', 'match' => ['x' => $text]])];
            yield "a path with {$what}" => [static fn (Step $step): mixed => $step->waitForEvent('a', ['event' => 'e', 'match' => [$text => 1]])];
            yield "one of several events with {$what}" => [static fn (Step $step): mixed => $step->waitForAny('a', [$text => 'e'])];
            yield "a body with {$what}" => [static fn (Step $step): mixed => $step->fetch('a', 'https://example.org', body: $text)];
            yield "an event whose id has {$what}" => [static fn (Step $step): mixed => $step->sendEvent('a', ['name' => 'e', 'id' => $text])];
            yield "a case with {$what}" => [static fn (Step $step): mixed => $step->branch('a', [$text => true])];
            yield "a branch with {$what}" => [static fn (Step $step): mixed => $step->race([$text => static fn (): int => 1])];
            yield "a query with {$what}" => [static fn (Step $step): mixed => $step->onQuery($text, static fn (): int => 1)];
        }
    }

    /** @dataProvider calls */
    #[DataProvider('calls')]
    public function testRefused(\Closure $call): void
    {
        $caught = null;
        $answer = self::turn(static function (array $event, Step $step) use ($call, &$caught): string {
            try {
                $call($step);
            } catch (\Throwable $thrown) {
                $caught = $thrown;
            }
            return 'went on';
        });
        self::assertInstanceOf(NonRetriableError::class, $caught);
        self::assertSame(['done', 'went on'], [$answer['status'], $answer['output']]);
        self::assertTrue(mb_check_encoding($caught->getMessage(), 'UTF-8'));
    }
}
