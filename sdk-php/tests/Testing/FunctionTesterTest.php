<?php

declare(strict_types=1);

namespace Durable\Tests\Testing;

use Durable\DurableFunction;
use Durable\Exception\NonRetriableError;
use Durable\Exception\StepInterruptedError;
use Durable\Execution\PrivateFolder;
use Durable\Json\RawJson;
use Durable\Step;
use Durable\StepContext;
use Durable\Steps\OnlyOnce;
use Durable\Testing\FunctionTester;
use Durable\Tests\Execution\TurnCase;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\Group;

/** Whole functions in memory: every kind of step, with a clock that costs no time. */
final class FunctionTesterTest extends TurnCase
{
    /** @dataProvider modes */
    #[DataProvider('modes')]
    public function testEveryKindOfStep(string $mode): void
    {
        self::use($mode);
        $fn = new DurableFunction('all', static function (array $event, Step $step): array {
            $step->setState(['at' => 'start']);
            $seen = [];
            $seen['run'] = $step->run('load', static fn (StepContext $context): array => ['n' => $event['data']['n'], 'attempt' => $context->attempt]);
            $step->sleep('nap', '1h');
            $step->sleepUntil('until', new \DateTimeImmutable('@1767232800'));
            $seen['event'] = $step->waitForEvent('one', ['event' => 'paid', 'match' => ['id' => 7], 'timeout' => '1d'])['data'];
            $seen['none'] = $step->waitForEvent('nobody', 'never', timeout: '1h');
            $seen['any'] = $step->waitForAny('first', ['left', ['event' => 'right']])['key'];
            $seen['all'] = array_keys($step->waitForAll('both', ['a' => 'x.a', 'b' => 'x.b']) ?? []);
            $seen['signal'] = $step->waitForSignal('call', key: 'order/7');
            $seen['approved'] = $step->waitForApproval('ok?', assignee: 'ann')['approved'];
            $seen['input'] = $step->waitForInput('how many?', schema: ['type' => 'integer'])['value'];
            $seen['sent'] = count($step->sendEvent('tell', [['name' => 'told', 'data' => 1], ['name' => 'told', 'data' => 2]])['ids']);
            $seen['child'] = $step->invoke('price', input: ['a' => 1]);
            $seen['spawned'] = $step->spawn('later', 'mail');
            $seen['branch'] = $step->branch('which', ['no' => false, 'yes' => static fn (): bool => true]);
            $seen['fetch'] = $step->fetch('page', 'https://example.org/#x')['status'];
            $seen['parallel'] = $step->parallel(['a' => static fn (Step $s) => $s->run('p', static fn (): int => 1), 'b' => static fn (Step $s) => $s->run('p', static fn (): int => 2)]);
            $seen['each'] = $step->forEach([1, 2], static fn (int $item, int $index, Step $s): int => $s->run('e', static fn (): int => $item * 2), concurrency: 2);
            $step->setState(['at' => 'end']);
            return $seen;
        });
        $result = (new FunctionTester($fn))
            ->event('paid', ['id' => 6], after: '2h')
            ->event('paid', ['id' => 7], after: '3h')
            ->event('right', null, after: '5h')
            ->event('x.b', null, after: '6h')
            ->event('x.a', null, after: '7h')
            ->signal('order/7', 'ring', after: '8h')
            ->answer('ok?', ['approved' => true])
            ->answer('how many?', 3)
            ->child('price', static fn (array $input): array => ['price' => $input['a'] * 10])
            ->child('mail', static fn (): int => 1)
            ->fetched('page', ['status' => 404])
            ->run(['n' => 5]);
        self::assertSame('completed', $result->status, json_encode($result) ?: '');
        self::assertSame([
            'run' => ['n' => 5, 'attempt' => 1],
            'event' => ['id' => 7],
            'none' => null,
            'any' => 1,
            'all' => ['a', 'b'],
            'signal' => 'ring',
            'approved' => true,
            'input' => 3,
            'sent' => 2,
            'child' => ['price' => 10],
            'spawned' => 'run_of_mail',
            'branch' => 'yes',
            'fetch' => 404,
            'parallel' => ['a' => 1, 'b' => 2],
            'each' => [2, 4],
        ], $result->output);
        self::assertSame([['at' => 'end'], 8 * 3_600_000], [$result->state, $result->elapsedMs]);
        self::assertSame([1, 2], array_column($result->sent, 'data'));
    }

    /** @dataProvider modes */
    #[DataProvider('modes')]
    public function testRetriesUndoingAndFailures(string $mode): void
    {
        self::use($mode);
        $undone = [];
        $fn = new DurableFunction('order', static function (array $event, Step $step) use (&$undone): void {
            $step->run('reserve', static fn (): string => 'r1', compensate: static function (string $result) use (&$undone): void {
                $undone[] = $result;
            });
            $step->run('charge', static fn (StepContext $context): string => $context->attempt < 3 ? throw new \RuntimeException('busy') : 'c1', compensate: static function (string $result) use (&$undone): void {
                $undone[] = $result;
            });
            $step->run('ship', static fn (): mixed => throw new NonRetriableError('no stock'));
        });
        $result = (new FunctionTester($fn))->run();
        self::assertSame(['failed', 'no stock', 'NonRetriableError'], [$result->status, $result->failure['message'], $result->failure['name']]);
        self::assertSame([['charge', 'reserve'], ['c1', 'r1']], [$result->undone, $undone]);
        self::assertSame([3, 3_000], [$result->attempts('charge'), $result->elapsedMs]);
    }

    public function testWhatRunsAtMostOnceIsThrownAsItWas(): void
    {
        $key = bin2hex(random_bytes(8));
        $fn = new DurableFunction('once', static function (array $event, Step $step) use ($key): string {
            try {
                return $step->run($key, static fn (): string => throw new \RuntimeException('lost'), atMostOnce: true);
            } catch (StepInterruptedError) {
                return 'interrupted';
            } catch (\Durable\Exception\StepError $error) {
                return $error->getMessage();
            }
        });
        self::assertSame('lost', (new FunctionTester($fn))->run()->output);
    }

    public function testWhatComesTwiceIsCalledOnce(): void
    {
        $calls = 0;
        $call = static function () use (&$calls): array {
            $calls += 1;
            return ['op' => 'run', 'st' => 'ok', 'v' => new RawJson('{"a":1.0}')];
        };
        $key = 'run_1/' . bin2hex(random_bytes(16));
        $first = OnlyOnce::run($key, $call);
        $second = OnlyOnce::run($key, $call);
        self::assertEquals([1, $first], [$calls, $second]);
        $died = 'run_1/' . bin2hex(random_bytes(16));
        try {
            OnlyOnce::run($died, static fn (): array => throw new \LogicException());
        } catch (\LogicException) {
        }
        self::assertNull(OnlyOnce::run($died, $call));
        self::assertSame(1, $calls);
    }

    /** @group processes */
    #[Group('processes')]
    public function testAFolderThatOthersMayEnterIsNotUsed(): void
    {
        $parent = sys_get_temp_dir() . '/durable-test-' . bin2hex(random_bytes(8));
        mkdir($parent);
        $folder = PrivateFolder::path($parent);
        self::assertNotNull($folder);
        self::assertSame($folder, PrivateFolder::path($parent));
        chmod($folder, 0o777);
        self::assertNull(PrivateFolder::path($parent));
        rmdir($folder);
        mkdir("{$parent}/elsewhere", 0o700);
        symlink("{$parent}/elsewhere", $folder);
        self::assertNull(PrivateFolder::path($parent));
        unlink($folder);
        rmdir("{$parent}/elsewhere");
        rmdir($parent);
    }

    public function testWhatNothingMovesWaits(): void
    {
        $fn = new DurableFunction('waits', static fn (array $event, Step $step) => $step->waitForEvent('approve', 'approval'));
        $result = (new FunctionTester($fn))->run();
        self::assertSame(['waiting', 'wait "approve"'], [$result->status, $result->waitsFor]);
    }

    public function testStepsCanBeFaked(): void
    {
        $fn = new DurableFunction('mail', static fn (array $event, Step $step) => $step->run('send', static fn (): mixed => throw new \LogicException('it sends')));
        $result = (new FunctionTester($fn))->fake('send', ['id' => 'm1'])->run();
        self::assertSame([['id' => 'm1'], ['id' => 'm1']], [$result->output, $result->value('send')]);
    }

    public function testLinesOfALog(): void
    {
        $fn = new DurableFunction('logs', static function (array $event, Step $step): void {
            $step->run('a', static function (StepContext $context) use ($step): void {
                $context->logger()->warning('charged {amount}', ['amount' => 5]);
                $step->log('in the step', ['x' => 1], 'debug');
                echo 'printed';
            });
        });
        $op = self::turn($fn->handler)['ops'][0];
        self::assertSame(
            [['warn', 'charged 5'], ['debug', 'in the step'], ['info', 'printed']],
            array_map(static fn (array $line): array => [$line['level'], $line['message']], $op['logs']),
        );
    }

    public function testEachRunIsOneOfItsOwn(): void
    {
        $fn = new DurableFunction('fn', static function (array $event, Step $step): array {
            $n = $step->run('count', static fn (): int => $event['data'] * 2);
            return [$n, $step->waitForEvent('paid', 'paid', timeout: '1d')['data'] ?? null];
        });
        $tester = (new FunctionTester($fn))->event('paid', 'yes', after: '1h');
        [$first, $second] = [$tester->run(1), $tester->run(2)];
        self::assertSame([[2, 'yes'], [4, 'yes']], [$first->output, $second->output]);
        self::assertSame([2, 2, 3_600_000], [count($first->steps), count($second->steps), $second->elapsedMs]);
    }
}
