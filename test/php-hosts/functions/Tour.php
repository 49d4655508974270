<?php

declare(strict_types=1);

namespace Fixture;

use Durable\Attribute\AsFunction;
use Durable\Client;
use Durable\Exception\NonRetriableError;
use Durable\Exception\RetryAfterError;
use Durable\Exception\StepError;
use Durable\RunContext;
use Durable\Step;
use Durable\StepContext;

/**
 * Every kind of step once, wherever PHP runs. What somebody else would do it does itself: it sends what it waits for, completes
 * its own token and answers its own questions, so the way back to the engine is tried too. Its output is that of the tour in
 * TypeScript, to the letter.
 */
#[AsFunction(id: 'tour', trigger: ['event' => 'tour.asked'])]
final class Tour
{
    /** How large a value is that travels beside a request and not in it. */
    private const LARGE_CHARACTERS = 100_000;
    /** With these a memo is long enough for results to be reported while the handler goes on. */
    private const MANY = 120;

    public function __construct(private readonly Client $durable)
    {
    }

    /** @return array<string, mixed> */
    public function __invoke(array $event, Step $step, RunContext $run): array
    {
        $step->onQuery('far', static fn (): string => 'asked');
        return self::bodies($step)
            + self::times($step)
            + $this->waits($step, $run->runId)
            + $this->others($step, $run->runId)
            + self::shapes($step, $event['data']['callee']);
    }

    private static function bodies(Step $step): array
    {
        $text = $step->run('run', static function (StepContext $context): string {
            $context->log('at work', ['of' => 'tour']);
            $context->heartbeat(0.5, 'half');
            return "Grüße, 世界 \u{1f600}";
        });
        $attempts = $step->run('retried', static fn (StepContext $context): int => $context->attempt === 1
            ? throw new RetryAfterError('busy', '20ms')
            : $context->attempt);
        try {
            $caught = $step->run('failing', static fn () => throw new NonRetriableError('never again'));
        } catch (StepError $error) {
            $caught = "{$error->errorName()}: {$error->getMessage()}";
        }
        $sides = [$step->run('side', static fn (): string => 'left'), $step->run('side', static fn (): string => 'right')];
        return ['text' => $text, 'attempts' => $attempts, 'caught' => $caught, 'sides' => $sides];
    }

    private static function times(Step $step): array
    {
        $clock = static fn (): int => (int) (microtime(true) * 1_000);
        $sleptFrom = $step->run('clock', $clock);
        $step->sleep('sleep', '300ms');
        $awake = $step->run('clock', $clock);
        $step->sleepUntil('sleep until', new \DateTimeImmutable('@' . sprintf('%.3f', ($awake + 300) / 1_000)));
        $awakeAgain = $step->run('clock', $clock);
        return ['sleptEnough' => $awake - $sleptFrom >= 300 && $awakeAgain - $awake >= 300];
    }

    private function waits(Step $step, string $key): array
    {
        $match = ['key' => $key];
        $step->sendEvent('send', array_map(
            static fn (string $name): array => ['name' => "tour.{$name}", 'data' => ['key' => $key, 'name' => $name]],
            ['one', 'any', 'left', 'right'],
        ));
        $one = $step->waitForEvent('wait', ['event' => 'tour.one', 'match' => $match], timeout: '1m');
        $any = $step->waitForAny('any', [
            'never' => ['event' => 'tour.never', 'match' => $match],
            'any' => ['event' => 'tour.any', 'match' => $match],
        ], timeout: '1m');
        $all = $step->waitForAll('all', [
            ['event' => 'tour.left', 'match' => $match],
            ['event' => 'tour.right', 'match' => $match],
        ], timeout: '1m');
        $nothing = $step->waitForEvent('in vain', ['event' => 'tour.never', 'match' => $match], timeout: '50ms');

        $step->run('give the signal', fn () => $this->durable->signal("tour/{$key}", ['loud' => true]));
        $signal = $step->waitForSignal('signal', key: "tour/{$key}", timeout: '1m');
        $token = $step->createToken('token');
        $step->run('complete the token', static function () use ($token): bool {
            $http = ['method' => 'POST', 'content' => '{"completed":true}', 'header' => 'content-type: application/json'];
            return file_get_contents($token->url, false, stream_context_create(['http' => $http])) !== false;
        });
        $completed = $step->waitForSignal('token', token: $token, timeout: '1m');

        $approval = $step->waitForApproval('approval', title: 'yes or no?', timeout: '1m');
        $input = $step->waitForInput('input', title: 'how much?', timeout: '1m');
        return [
            'one' => $one['data']['name'] ?? null,
            'any' => $any['key'] ?? null,
            'all' => array_map(static fn (array $each): string => $each['data']['name'], array_values($all ?? [])),
            'nothing' => $nothing,
            'signal' => $signal,
            'completed' => $completed,
            'approved' => [$approval['approved'] ?? null, $approval['by'] ?? null],
            'input' => $input['value'] ?? null,
        ];
    }

    private function others(Step $step, string $key): array
    {
        $doubled = $step->invoke('invoke', 'child', input: ['number' => 21]);
        $spawned = $step->spawn('spawn', 'child', input: ['number' => 1]);
        try {
            $failure = $step->invoke('undone', 'undone', input: ['key' => $key]);
        } catch (StepError $error) {
            $failure = $error->getMessage();
        }
        $undoing = $step->waitForEvent('undoing', ['event' => 'tour.undone', 'match' => ['key' => $key]], timeout: '1m');
        return [
            'doubled' => $doubled,
            'spawned' => gettype($spawned),
            'failure' => $failure,
            'undone' => $undoing['data']['booking'] ?? null,
        ];
    }

    private static function shapes(Step $step, string $callee): array
    {
        $way = $step->branch('branch', ['no' => false, 'yes' => static fn (): bool => true]);
        $step->setState(['at' => 'branch']);
        $called = $step->fetch('fetch', $callee, body: ['from' => 'the tour']);
        $parallel = $step->parallel([
            'a' => static fn (Step $branch): int => $branch->run('work', static fn (): int => 1),
            'b' => static function (Step $branch): int {
                $branch->sleep('rest', 1);
                return $branch->run('work', static fn (): int => 2);
            },
        ]);
        $race = $step->race([
            'fast' => static fn (Step $branch): string => $branch->run('fast', static fn (): string => 'won'),
            'slow' => static fn (Step $branch) => $branch->sleep('slow', '1h'),
        ]);
        $each = $step->forEach(
            [1, 2, 3],
            static fn (int $item, int $index, Step $own): int => $own->run('each', static fn (): int => $item * 10),
            concurrency: 2,
        );
        $large = $step->run('large', static fn (): string => str_repeat('ü', self::LARGE_CHARACTERS));
        $many = 0;
        for ($at = 0; $at < self::MANY; $at += 1) {
            $many += $step->run('many', static fn (): int => $at);
        }
        return [
            'way' => $way,
            'called' => json_decode($called['body'], true),
            'parallel' => $parallel,
            'race' => $race['branch'],
            'each' => $each,
            'large' => mb_strlen($large),
            'many' => $many,
        ];
    }
}
