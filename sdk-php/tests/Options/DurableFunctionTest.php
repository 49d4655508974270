<?php

declare(strict_types=1);

namespace Durable\Tests\Options;

use Durable\DurableFunction;
use Durable\Exception\InvalidDefinition;
use Durable\FailedRun;
use Durable\Step;
use Durable\Testing\FunctionTester;
use Durable\Tests\stubs\Ship;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** What a function is, and what is wrong where it cannot be one. */
final class DurableFunctionTest extends TestCase
{
    /** @return array<string, mixed> */
    private static function manifest(mixed ...$options): array
    {
        $manifest = (new DurableFunction('fn', static fn (): int => 1, ...$options))->manifest();
        return json_decode((string) json_encode($manifest), true);
    }

    public function testOptionsAsTheWireHasThem(): void
    {
        self::assertSame([
            'id' => 'fn',
            'triggers' => [['event' => 'a'], ['cron' => '0 9 * * *', 'tz' => 'Europe/Zurich', 'jitter_ms' => 60_000, 'catch_up' => 'all', 'overlap' => 'skip']],
            'retry' => [
                'max' => 3, 'backoff' => 'table', 'table_ms' => [1_000, 60_000], 'base_ms' => 1_000, 'factor' => 2, 'max_ms' => 86_400_000,
                'jitter' => false, 'stop_on' => ['CardError'], 'on_exhausted' => 'pause',
            ],
            'invokes' => ['other', 'app/fn'],
            'concurrency' => [['limit' => 2, 'key' => 'tenantId'], ['limit' => 9, 'scope' => 'workspace', 'unit' => 'run']],
            'throttle' => ['limit' => 10, 'period_ms' => 60_000, 'burst' => 2, 'units' => ['cel' => 'event.data.n']],
            'idempotency' => ['key' => 'id', 'period_ms' => 86_400_000],
            'debounce' => ['period_ms' => 5_000, 'max_wait_ms' => 60_000],
            'batch' => ['max_size' => 10, 'max_wait_ms' => 5_000],
            'rate_limit' => ['limit' => 5, 'period_ms' => 1_000, 'on_limit' => 'delay'],
            'singleton' => ['mode' => 'queue', 'key' => 'id'],
            'fairness' => ['key' => 'tenantId', 'weight' => 3],
            'priority' => -5,
            'timeouts' => ['start_ms' => 60_000, 'finish_ms' => 3_600_000],
            'cancel_on' => [['event' => 'order.cancelled', 'match' => 'id', 'timeout_ms' => 1_000]],
            'version' => 'pinned',
            'tags' => ['billing'],
            'searchable' => ['data.user.id'],
            'input' => ['type' => 'object'],
        ], self::manifest(
            triggers: ['a', ['cron' => '0 9 * * *', 'tz' => 'Europe/Zurich', 'jitter' => '1m', 'catchUp' => 'all', 'overlap' => 'skip']],
            retry: ['backoff' => ['1s', '1m'], 'stopOn' => ['App\\CardError']],
            onExhausted: 'pause',
            invokes: ['other', 'app/fn'],
            concurrency: [['limit' => 2, 'key' => 'tenantId'], ['limit' => 9, 'scope' => 'workspace', 'unit' => 'run']],
            throttle: ['limit' => 10, 'period' => '1m', 'burst' => 2, 'units' => ['cel' => 'event.data.n']],
            idempotency: ['key' => 'id'],
            debounce: ['period' => '5s', 'maxWait' => new \DateInterval('PT1M')],
            batch: ['maxSize' => 10, 'maxWait' => 5_000],
            rateLimit: ['limit' => 5, 'period' => '1s', 'onLimit' => 'delay'],
            singleton: ['mode' => 'queue', 'key' => 'id'],
            fairness: ['key' => 'tenantId', 'weight' => 3],
            priority: -5,
            timeouts: ['start' => '1m', 'finish' => '1h'],
            cancelOn: [['event' => 'order.cancelled', 'match' => 'id', 'timeout' => 1_000]],
            version: 'pinned',
            tags: ['billing'],
            searchable: ['data.user.id'],
            input: ['type' => 'object'],
        ));
    }

    /** @return iterable<string, array{array<string, mixed>, string}> */
    public static function mistakes(): iterable
    {
        yield 'a word that nobody reads' => [['retry' => ['retries' => 3]], 'retry has no option "retries". It takes max, backoff'];
        yield 'too many attempts' => [['retry' => ['max' => 1_001]], 'retry.max counts all attempts: a whole number from 1 to 1000, not 1001.'];
        yield 'no attempt' => [['retry' => ['max' => 0]], 'retry.max counts all attempts'];
        yield 'an unknown backoff' => [['retry' => ['backoff' => 'random']], 'retry.backoff must be "exponential" or "linear" or "constant", and is "random".'];
        yield 'an empty table' => [['retry' => ['backoff' => []]], '1 to 100 delays, not 0'];
        yield 'no duration' => [['retry' => ['base' => 'soon']], '"soon" is no duration. Write "2d", "1h30m"'];
        yield 'months' => [['timeouts' => ['finish' => new \DateInterval('P1M')]], 'is no duration'];
        yield 'no limit' => [['concurrency' => ['key' => 'a']], 'concurrency.limit must be a whole number from 1 to 1000000, and is null.'];
        yield 'five limits' => [['concurrency' => [1, 2, 3, 4, 5]], '"concurrency" is one limit, or a list of up to 4.'];
        yield 'another scope' => [['concurrency' => ['limit' => 1, 'scope' => 'world']], 'concurrency.scope must be "function" or "workspace", and is "world".'];
        yield 'a key that is none' => [['idempotency' => ['key' => 5]], 'idempotency.key must be a path into event.data'];
        yield 'a batch of one' => [['batch' => ['maxSize' => 1, 'maxWait' => 1]], 'a batch of one is a run'];
        yield 'leading and batch' => [['batch' => ['maxSize' => 2, 'maxWait' => 1], 'debounce' => ['period' => 1, 'edge' => 'leading']], 'a batch begins with its last event'];
        yield 'maxWait' => [['debounce' => ['period' => '2s', 'maxWait' => '1s']], 'must not be shorter than its period'];
        yield 'a mode' => [['singleton' => ['mode' => 'kill']], 'singleton.mode must be "skip" or "cancel" or "queue"'];
        yield 'priority' => [['priority' => 601], 'priority must be a whole number from -600 to 600, and is 601.'];
        yield 'both' => [['trigger' => 'a', 'triggers' => ['b']], 'both "trigger" and "triggers"'];
        yield 'a trigger that is none' => [['trigger' => ['name' => 'a']], 'a trigger has no option "name"'];
        yield 'a trigger without a name' => [['trigger' => ['if' => 'a']], "a trigger is ['event' => 'order.placed']"];
        yield 'jitter' => [['trigger' => ['cron' => '* * * * *', 'jitter' => '2h']], 'jitter may be an hour at most'];
        yield 'tags' => [['tags' => ['a b']], '"tags" has "a b", and a tag is'];
        yield 'searchable' => [['searchable' => ['user.id']], 'a path leads into the event'];
        yield 'cancelOn' => [['cancelOn' => [['event' => 'a b']]], "cancelOn[0]: An event's name must have"];
        yield 'invokes' => [['invokes' => ['a/b/c']], '"invokes" names functions'];
        yield 'version' => [['version' => 'old'], 'version must be "latest" or "pinned" or "drain", and is "old".'];
        yield 'a class that is none' => [['input' => 'No\\Such'], 'is no class'];
    }

    /**
     * @param array<string, mixed> $options
     * @dataProvider mistakes
     */
    #[DataProvider('mistakes')]
    public function testMistake(array $options, string $sentence): void
    {
        $this->expectException(InvalidDefinition::class);
        $this->expectExceptionMessage($sentence);
        self::manifest(...$options);
    }

    public function testMistakesInTheHandler(): void
    {
        foreach (['Its handler is a generator' => static fn () => yield 1, 'the first parameter of its handler' => static fn (Step $step): int => 1] as $sentence => $handler) {
            try {
                new DurableFunction('fn', $handler);
                self::fail($sentence);
            } catch (InvalidDefinition $problem) {
                self::assertStringContainsString('Function "fn": ', $problem->getMessage());
                self::assertStringContainsString($sentence, $problem->getMessage());
            }
        }
        $this->expectExceptionMessage('The function id "a/b" must be 1 to 100 of');
        new DurableFunction('a/b', static fn (): int => 1);
    }

    public function testAClassWithTheAttributeIsAFunctionAndItsTypeTheSchema(): void
    {
        $fn = DurableFunction::of(new Ship());
        $manifest = json_decode((string) json_encode($fn->manifest()), true);
        self::assertSame(['limit' => 2], $manifest['concurrency']);
        self::assertSame([
            'type' => 'object',
            'properties' => [
                'id' => ['type' => 'integer'],
                'kind' => ['enum' => ['small', 'large']],
                'items' => ['type' => 'array', 'items' => [
                    'type' => 'object',
                    'properties' => ['name' => ['type' => 'string'], 'count' => ['type' => 'integer']],
                    'required' => ['name'],
                ]],
                'due' => ['type' => ['string', 'null'], 'format' => 'date-time'],
                'total' => ['type' => 'number'],
            ],
            'required' => ['id', 'kind', 'items'],
        ], $manifest['input']);
        $tester = new FunctionTester($fn);
        $good = $tester->run(['id' => 7, 'kind' => 'small', 'items' => [['name' => 'pen']], 'due' => null]);
        self::assertSame('7 Small pen 1', $good->output);
    }

    public function testDataThatDoesNotFitSaysWhere(): void
    {
        $bad = (new FunctionTester(DurableFunction::of(new Ship())))->run(['id' => 'x', 'kind' => 'huge', 'items' => [['count' => 1]]]);
        self::assertSame('failed', $bad->status);
        self::assertFalse($bad->failure['retry']);
        foreach (['id must be int, and is "x"', 'kind must be one of small, large, and is "huge"', 'items[0].name is missing'] as $part) {
            self::assertStringContainsString($part, $bad->failure['message']);
        }
    }

    public function testWhatHandlesAFailureIsAFunctionOfItsOwn(): void
    {
        $fn = new DurableFunction(
            'pay',
            static fn (): int => 1,
            retry: ['max' => 2],
            onFailure: static fn (FailedRun $failed, Step $step): string => $step->run(
                'tell',
                static fn (): string => "{$failed->function} {$failed->runId} {$failed->error->errorName()} {$failed->failedStep['name']}",
            ),
        );
        self::assertSame('pay.on-failure', $fn->manifest()['on_failure']);
        $result = (new FunctionTester($fn->failureFunction()))->run([
            'run' => ['id' => 'run_9', 'started_at' => '2026-01-01T00:00:00.000Z'],
            'function' => 'pay',
            'event' => ['id' => 'e', 'name' => 'x', 'data' => null, 'time' => '2026-01-01T00:00:00.000Z'],
            'error' => ['name' => 'CardError', 'message' => 'declined'],
            'step' => ['id' => 'abc', 'name' => 'charge'],
        ], 'durable.on-failure');
        self::assertSame('pay run_9 CardError charge', $result->output);
    }
}
