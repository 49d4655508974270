<?php

// An app of plain PHP with every kind of step, and with code that ends PHP in the middle.

declare(strict_types=1);

use Durable\Durable;
use Durable\DurableFunction;
use Durable\Exception\NonRetriableError;
use Durable\Exception\StepError;
use Durable\Exception\StepInterruptedError;
use Durable\FailedRun;
use Durable\RunContext;
use Durable\Step;
use Durable\StepContext;

require __DIR__ . '/../../sdk-php/autoload.php';

/** Says in a file that outlives this process what really ran. */
function happens(string $what): void
{
    file_put_contents((string) getenv('HAPPENED'), "{$what}\n", FILE_APPEND | LOCK_EX);
}

/** @return mixed What a step returns that dies once in its middle. */
function dyingOnce(StepContext $context, string $how): mixed
{
    happens("{$how} {$context->attempt} {$context->idempotencyKey}");
    $died = getenv('HAPPENED') . '.' . hash('sha256', $context->idempotencyKey);
    if (!is_file($died)) {
        touch($died);
        match ($how) {
            'kill' => posix_kill(getmypid(), SIGKILL),
            'exit' => exit('gone'),
            'memory' => str_repeat('x', 100_000_000),
            'time' => (static function (): never {
                while (true) {
                }
            })(),
            'fatal' => eval('function twice() {} function twice() {}'),
        };
    }
    return 'survived';
}

$price = new DurableFunction(
    id: 'price',
    handler: static fn (array $event, Step $step): array => $step->run('look up', static fn (): array => ['price' => 10 * $event['data']['n']]),
);

$fragile = new DurableFunction(
    id: 'fragile',
    retry: ['max' => 3, 'backoff' => 'constant', 'base' => '1s'],
    handler: static fn (array $event, Step $step): array => [
        $step->run('before', static function (): int {
            happens('before');
            return 1;
        }),
        $step->run('dies', static fn (StepContext $context): mixed => dyingOnce($context, $event['data']['how'])),
    ],
);

$everything = new DurableFunction(
    id: 'everything',
    trigger: ['event' => 'begin'],
    concurrency: ['limit' => 5, 'key' => 'n'],
    handler: static function (array $event, Step $step, RunContext $context) use ($price): array {
        $at = 'the beginning';
        $step->onQuery('at', static function () use (&$at): string {
            return $at;
        });
        $step->setState(['at' => 'start', 'nothing' => new stdClass()]);
        $seen = ['run' => $context->runId !== '', 'events' => count($context->events)];
        $seen['loaded'] = $step->run('load', static function (StepContext $context) use ($event): array {
            happens('load');
            $context->log('loading', ['n' => $event['data']['n']]);
            echo 'printed by a library';
            return ['n' => $event['data']['n'], 'empty' => new stdClass(), 'list' => []];
        });
        $step->sleep('nap', '2d');
        $step->sleepUntil('until', '2020-01-01T00:00:00Z');
        $at = 'the wait';
        $seen['paid'] = $step->waitForEvent('paid', ['event' => 'order.paid', 'match' => ['n' => $event['data']['n']], 'timeout' => '7d'])['data'];
        $seen['timeout'] = $step->waitForEvent('nobody', 'order.never', timeout: '1h');
        $seen['sent'] = count($step->sendEvent('tell', [['name' => 'x.a', 'data' => ['n' => 1]], ['name' => 'x.b']])['ids']);
        $seen['all'] = array_keys($step->waitForAll('both', ['a' => 'x.a', 'b' => 'x.b'], timeout: '1d') ?? []);
        $seen['any'] = $step->waitForAny('either', [['event' => 'y.never'], 'x.c'], timeout: '1h');
        $seen['signal'] = $step->waitForSignal('ring', key: "order/{$event['data']['n']}", timeout: '1d');
        $seen['input'] = $step->waitForInput('how many?', schema: ['type' => 'integer'], timeout: '5d')['value'];
        $seen['approved'] = $step->waitForApproval('sign', title: 'Sign it')['approved'];
        $seen['price'] = $step->invoke('price of it', $price, input: ['n' => 3]);
        $seen['spawned'] = $step->spawn('later', 'price', input: ['n' => 4]) !== '';
        $seen['branch'] = $step->branch('which', ['big' => false, 'small' => static fn (): bool => true]);
        $seen['parallel'] = $step->parallel([
            'left' => static fn (Step $step) => $step->run('half', static function (): int {
                happens('left');
                return 1;
            }),
            'right' => static fn (Step $step) => $step->run('half', static function (): int {
                happens('right');
                return 2;
            }),
        ]);
        $seen['race'] = $step->race([
            'slow' => static function (Step $step): string {
                $step->sleep('long', '30d');
                return 'slow';
            },
            'fast' => static fn (Step $step) => $step->run('quick', static fn (): string => 'fast'),
        ]);
        $seen['each'] = array_sum($step->forEach(range(1, 120), static fn (int $item, int $index, Step $step): int => $step->run('square', static fn (): int => $item * $item)));
        $seen['beside'] = $step->forEach(['a', 'b'], static fn (string $item, int $index, Step $step) => $step->run('upper', static fn (): string => strtoupper($item)), concurrency: 2, name: 'beside');
        $seen['once'] = $step->run('once', static function (StepContext $context): string {
            happens('once');
            return 'once';
        }, atMostOnce: true);
        $seen['large'] = strlen($step->run('large', static fn (): string => str_repeat('x', 200_000)));
        $step->setState(['at' => 'end']);
        return $seen;
    },
);

$undone = new DurableFunction(
    id: 'undone',
    retry: ['max' => 2, 'backoff' => 'constant', 'base' => '1m'],
    handler: static function (array $event, Step $step): void {
        $step->run('reserve', static fn (): string => 'r1', compensate: static fn (string $result) => happens("undo {$result}"));
        try {
            $step->run('check', static fn (): mixed => throw new DomainException('odd'), retry: ['stopOn' => [DomainException::class]]);
        } catch (StepError $error) {
            happens("caught {$error->errorName()}");
        }
        $step->run('charge', static function (StepContext $context): void {
            happens("charge {$context->attempt}");
            throw $context->attempt === 2 ? new NonRetriableError('declined') : new RuntimeException('busy');
        });
    },
    onFailure: static fn (FailedRun $failed, Step $step) => $step->run('tell', static function () use ($failed): void {
        happens("failed {$failed->failedStep['name']}: {$failed->error->getMessage()}");
    }),
);

$interrupted = new DurableFunction(
    id: 'interrupted',
    handler: static function (array $event, Step $step): string {
        try {
            return $step->run('dies', static fn (StepContext $context): mixed => dyingOnce($context, $event['data']['how']), atMostOnce: true);
        } catch (StepInterruptedError $error) {
            return 'nobody knows';
        }
    },
);

Durable::serve(app: 'php', functions: [$everything, $price, $fragile, $undone, $interrupted]);
