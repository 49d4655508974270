<?php

declare(strict_types=1);

namespace Durable\Tests\Http;

use Durable\DurableFunction;
use Durable\Http\Handler;
use Durable\Step;
use Durable\StepContext;
use Durable\Tests\stubs\SigningEngine;
use Durable\Wire\Secret;
use Durable\Wire\Signature;
use Durable\Wire\StepId;
use PHPUnit\Framework\TestCase;

/** What a dispatch asks the engine for, and what it believes of the answers. */
final class EngineLinesTest extends TestCase
{
    private const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

    private int $port = 0;

    /**
     * @param list<array<string, mixed>> $memo
     * @param array<string, mixed> $more
     * @return array<string, mixed>
     */
    private function invoke(callable $code, SigningEngine $engine, array $memo = [], array $more = []): array
    {
        // Another address each time: one that has not answered is left alone.
        $this->port = random_int(1, 1_000_000_000);
        $handler = new Handler(
            'shop',
            [new DurableFunction('fn', $code)],
            secret: self::SECRET,
            url: "http://engine-{$this->port}.example",
            transport: $engine,
        );
        $body = (string) json_encode($more + [
            'type' => 'invoke',
            'app' => 'shop',
            'fn' => 'fn',
            'rev' => '1',
            'run' => ['id' => 'run_1', 'started_at' => '2026-01-01T00:00:00.000Z'],
            'task' => ['kind' => 'advance', 'fence' => 'f1'],
            'input' => ['event' => ['id' => 'e', 'name' => 'x', 'data' => null, 'time' => '2026-01-01T00:00:00.000Z']],
            'memo' => $memo,
            'memo_next' => null,
            'attempts' => (object) [],
            'budget' => ['ms' => 60_000, 'steps' => 1],
            'known' => 4,
            'engine' => ['environment' => 'live', 'capabilities' => ['checkpoint', 'heartbeat', 'late', 'claim']],
        ]);
        $now = time();
        $response = $handler->handle('POST', [
            'content-type' => 'application/json',
            'webhook-id' => 'inv',
            'webhook-timestamp' => (string) $now,
            'webhook-signature' => Signature::sign(Secret::parse(self::SECRET), 'inv', $now, $body),
        ], $body);
        return ['http' => $response->status] + json_decode($response->body, true);
    }

    private static function two(array $event, Step $step): array
    {
        return [$step->run('a', static fn (): array => ['a' => new \stdClass()]), $step->run('b', static fn (): int => 2)];
    }

    /** @return array{seq: int, known: int, memo: list<array<string, mixed>>, yield: bool} */
    private static function taken(array $body, bool $yield = false): array
    {
        $memo = array_map(static fn (array $op): array => ['id' => $op['id'], 'op' => $op['op'], 'st' => 'ok'], $body['ops']);
        return ['seq' => $body['seq'], 'known' => $body['known'] + 1, 'memo' => $memo, 'yield' => $yield];
    }

    public function testManyStepsAreOneCall(): void
    {
        $engine = new SigningEngine(self::SECRET, static fn (string $what, array $body): array => self::taken($body));
        $answer = $this->invoke(self::two(...), $engine);
        self::assertSame(['done', [['a' => []], 2]], [$answer['status'], $answer['output']]);
        self::assertSame(['seq' => 2, 'known' => 6], $answer['checkpoint']);
        self::assertArrayNotHasKey('ops', $answer);
        self::assertSame([1, 2], array_map(static fn (array $each): int => $each['body']['seq'], $engine->asked));
        self::assertSame([4, 5], array_map(static fn (array $each): int => $each['body']['known'], $engine->asked));
        self::assertSame('/v1/apps/shop/live/runs/run_1/checkpoint', $engine->asked[0]['path']);
        self::assertTrue($engine->asked[0]['isSigned']);
    }

    public function testAnEngineThatWantsTheRunBackGetsIt(): void
    {
        $engine = new SigningEngine(self::SECRET, static fn (string $what, array $body): array => self::taken($body, true));
        $answer = $this->invoke(self::two(...), $engine);
        self::assertSame(['continue', true, []], [$answer['status'], $answer['more'], $answer['ops']]);
    }

    public function testAStaleFenceStopsAtOnce(): void
    {
        foreach (['stale-fence' => 409, 'run-ended' => 410] as $code => $status) {
            $engine = new SigningEngine(self::SECRET, static fn (): array => ['status' => $status, 'code' => $code]);
            $answer = $this->invoke(self::two(...), $engine);
            self::assertSame(['abandoned', 'f1'], [$answer['status'], $answer['fence']]);
        }
    }

    public function testWhatIsNotTakenIsAnswered(): void
    {
        $unsigned = new SigningEngine(self::SECRET, static fn (string $what, array $body): array => self::taken($body), signs: false);
        $answer = $this->invoke(self::two(...), $unsigned);
        self::assertSame(['continue', ['a']], [$answer['status'], array_column($answer['ops'], 'name')]);
        $refuses = new SigningEngine(self::SECRET, static fn (): array => ['status' => 422, 'code' => 'validation']);
        $answer = $this->invoke(self::two(...), $refuses);
        self::assertSame(['continue', ['a'], 1], [$answer['status'], array_column($answer['ops'], 'name'), count($refuses->asked)]);
    }

    public function testAMemoComesInPages(): void
    {
        $entry = static fn (string $name, int $v): array => ['id' => StepId::of('', $name, 0), 'op' => 'run', 'st' => 'ok', 'v' => $v];
        $pages = ['p1' => ['memo' => [$entry('b', 20)], 'memo_next' => 'p2'], 'p2' => ['memo' => [$entry('c', 30)], 'memo_next' => null]];
        $code = static fn (array $event, Step $step): array => array_map(
            static fn (string $name): mixed => $step->run($name, static fn (): int => 0),
            ['a', 'b', 'c'],
        );
        $engine = new SigningEngine(self::SECRET, static fn (string $what, array $body): array => $pages[$body['next']]);
        $answer = $this->invoke($code, $engine, [$entry('a', 10)], ['memo_next' => 'p1']);
        self::assertSame(['done', [10, 20, 30]], [$answer['status'], $answer['output']]);

        foreach (
            [
                'twice' => ['memo' => [$entry('a', 1)], 'memo_next' => null],
                'for ever' => ['memo' => [], 'memo_next' => 'p1'],
                'no page' => ['memo' => 'x', 'memo_next' => null],
            ] as $name => $page
        ) {
            $strange = new SigningEngine(self::SECRET, static fn (): array => $page);
            $answer = $this->invoke($code, $strange, [$entry('a', 10)], ['memo_next' => 'p1']);
            self::assertSame([424, 'memo-incomplete'], [$answer['http'], $answer['code']], $name);
        }
    }

    public function testLargeValuesAreFetchedAndChecked(): void
    {
        $json = '{"big":"' . str_repeat('x', 70_000) . '"}';
        $memo = [['id' => StepId::of('', 'a', 0), 'op' => 'run', 'st' => 'ok', 'ref' => [
            'id' => 'blob_1', 'bytes' => strlen($json), 'sha256' => hash('sha256', $json),
        ]]];
        $code = static fn (array $event, Step $step): int => strlen($step->run('a', static fn (): array => [])['big']);
        $engine = new SigningEngine(self::SECRET, static fn (): string => $json, signs: false);
        self::assertSame(70_000, $this->invoke($code, $engine, $memo)['output']);
        self::assertSame(['run' => 'run_1', 'fence' => 'f1', 'ref' => 'blob_1'], $engine->asked[0]['body']);
        $forged = new SigningEngine(self::SECRET, static fn (): string => '{"big":"forged"}', signs: false);
        self::assertSame(424, $this->invoke($code, $forged, $memo)['http']);
        $idle = new SigningEngine(self::SECRET, static fn (): string => $json, signs: false);
        $this->invoke(static fn (): int => 1, $idle, $memo);
        self::assertSame([], $idle->asked);
    }

    public function testABodySaysThatItLivesAndIsToldWhenThatIsForNothing(): void
    {
        $code = static fn (array $event, Step $step): mixed => $step->run('long', static function (StepContext $context): string {
            $context->heartbeat(0.5, 'half way');
            return 'done';
        });
        $hears = new SigningEngine(self::SECRET, static fn (string $what, array $body): mixed => $what === 'heartbeat' ? '{}' : self::taken($body));
        self::assertSame('done', $this->invoke($code, $hears)['output']);
        self::assertSame([['id' => StepId::of('', 'long', 0), 'name' => 'long', 'data' => ['progress' => 0.5, 'detail' => 'half way']]], $hears->asked[0]['body']['beats']);
        $over = new SigningEngine(self::SECRET, static fn (): array => ['status' => 409, 'code' => 'stale-fence']);
        self::assertSame('abandoned', $this->invoke($code, $over)['status']);
        $deaf = new SigningEngine(self::SECRET, static fn (string $what, array $body): ?array => $what === 'heartbeat' ? null : self::taken($body));
        self::assertSame('done', $this->invoke($code, $deaf)['output']);
    }

    public function testAnAttemptThatTookTooLongHasFailedAndWhatItCameToIsTold(): void
    {
        $code = static fn (array $event, Step $step): mixed => $step->run('slow', static function (StepContext $context): string {
            usleep(20_000);
            return "late, {$context->remainingMs()} ms left";
        }, timeout: 5);
        $engine = new SigningEngine(self::SECRET, static fn (string $what, array $body): mixed => $what === 'late' ? '{}' : ['status' => 422, 'code' => 'no']);
        $answer = $this->invoke($code, $engine);
        self::assertSame(['err', 'StepTimeoutError'], [$answer['ops'][0]['st'], $answer['ops'][0]['error']['name']]);
        self::assertSame(['ok', 'late, 0 ms left', 1], [
            $engine->asked[0]['body']['st'],
            $engine->asked[0]['body']['v'],
            $engine->asked[0]['body']['attempt'],
        ]);
    }

    public function testAnEngineThatDoesNotAnswerIsLeftAloneForAWhile(): void
    {
        $silent = new SigningEngine(self::SECRET, static fn (): mixed => null);
        $ref = ['memo_next' => 'p1'];
        self::assertSame(424, $this->invoke(self::two(...), $silent, more: $ref)['http']);
        self::assertCount(1, $silent->asked);
    }
}
