<?php

declare(strict_types=1);

namespace Durable\Tests\Execution;

use Durable\Step;
use PHPUnit\Framework\Attributes\DataProvider;

/** Code of a step may run an event loop: Revolt, on which Amp stands, does so outside of Fibers alone, and leaves its own to it. */
final class EventLoopTest extends TurnCase
{
    /** @dataProvider modes */
    #[DataProvider('modes')]
    public function testTheCodeOfAStepRunsOutsideOfTheHandlersFiber(string $mode): void
    {
        self::use($mode);
        $code = static fn (Step $step, string $name): mixed => $step->run($name, static fn (): string => self::loop($name));
        $alone = self::turn(static fn (array $event, Step $step): mixed => $code($step, 'alone'));
        self::assertSame(['ok', 'alone came'], [$alone['ops'][0]['st'], $alone['ops'][0]['v'] ?? $alone['ops'][0]['error']]);
        $beside = self::turn(static fn (array $event, Step $step): mixed => $step->parallel([
            static fn (Step $step): mixed => $code($step, 'left'),
            static fn (Step $step): mixed => $code($step, 'right'),
        ], fanOut: false));
        self::assertSame(['left came', 'right came'], array_column($beside['ops'], 'v'));
    }

    /** @dataProvider modes */
    #[DataProvider('modes')]
    public function testWhatItThrowsAndWhatUndoesItGoTheSameWay(string $mode): void
    {
        self::use($mode);
        $failed = self::turn(static fn (array $event, Step $step): mixed => $step->run('a', static function (): never {
            self::loop('a');
            throw new \DomainException('no');
        }));
        self::assertSame('DomainException', $failed['ops'][0]['error']['name']);
        $undone = new \ArrayObject();
        $code = static fn (array $event, Step $step): mixed => $step->run('a', static fn (): int => 1, compensate: static function () use ($undone): void {
            $undone->append(self::loop('undo'));
        });
        $id = self::ok('a')['id'];
        $answer = self::turn($code, [self::ok('a', 1)], ['task' => ['kind' => 'compensate', 'step' => $id, 'fence' => 'f']]);
        self::assertSame(['ok', ['undo came']], [$answer['ops'][0]['st'], $undone->getArrayCopy()]);
    }

    private static function loop(string $what): string
    {
        if (\Fiber::getCurrent() !== null) {
            throw new \Error("Can't call run() within a fiber (i.e., outside of {main})");
        }
        $waits = new \Fiber(static fn (): string => \Fiber::suspend() . ' came');
        $waits->start();
        $waits->resume($what);
        return $waits->getReturn();
    }
}
