<?php

declare(strict_types=1);

namespace Durable\Testing;

use Durable\DurableFunction;
use Durable\Exception\StepError;
use Durable\Execution\Failure;
use Durable\Execution\FunctionRun;
use Durable\Execution\TurnOptions;
use Durable\Json\RawJson;
use Durable\Json\Value;
use Durable\Wire\Instant;
use Durable\Wire\Secret;
use Durable\Wire\StepId;

/** @internal What stands in the place of an engine for one run in memory. */
final class MemoryEngine
{
    private const TURNS_MAX = 100_000;
    private const BEGAN_MS = 1_767_225_600_000;

    private readonly MemoryJournal $journal;
    /** @var list<string> Completed steps that can be undone. */
    private array $undoable = [];
    /** @var list<string> */
    private array $undone = [];
    /** @var list<array<string, mixed>> */
    private array $sent = [];
    private mixed $state = null;
    private int $nowMs = 0;
    private int $retryAtMs = 0;
    private int $runAttempt = 1;

    /** @param array<string, mixed> $event What starts the run. */
    public function __construct(
        private readonly World $world,
        private readonly DurableFunction $fn,
        private readonly array $event,
    ) {
        $this->journal = new MemoryJournal();
    }

    public function run(): TestResult
    {
        for ($turn = 0; $turn < self::TURNS_MAX; $turn += 1) {
            $answer = $this->dispatch(['kind' => 'advance', 'fence' => "f{$turn}"]);
            $this->take($answer['ops'] ?? []);
            $end = match ($answer['status']) {
                'done' => $this->result('completed', $this->plain($answer['output'] ?? null), null),
                'error' => $this->failed($answer['error']),
                default => $this->goOn($answer),
            };
            if ($end !== null) {
                return $end;
            }
        }
        throw new \LogicException("Function \"{$this->fn->id}\" did not end in 100000 turns.");
    }

    /**
     * @param array<string, mixed> $task
     * @return array<string, mixed>
     */
    private function dispatch(array $task): array
    {
        $run = new FunctionRun($this->fn, [
            'app' => 'test',
            'fn' => $this->fn->id,
            'run' => ['id' => 'run_test', 'started_at' => Instant::format(self::BEGAN_MS), 'attempt' => $this->runAttempt],
            'task' => $task,
            'input' => ['event' => $this->event],
            'memo' => $this->journal->entries($task['step'] ?? null),
            'memo_next' => null,
            'attempts' => $this->journal->attempts,
            'budget' => ['ms' => INF, 'steps' => 1],
            'engine' => ['environment' => 'test', 'capabilities' => ['claim']],
        ], new TurnOptions(secret: Secret::parse(Secret::DEV), engineUrl: 'http://localhost:4400', fakes: $this->world->fakes));
        return $run->answer();
    }

    /** @param list<array<string, mixed>> $ops */
    private function take(array $ops): void
    {
        foreach ($ops as $op) {
            $this->journal->hear($op);
            match ($op['op']) {
                'run' => $this->takeRun($op),
                'plan', 'start' => $this->journal->wait($op),
                'join' => $this->takeJoin($op),
                'group' => $this->takeGroup($op),
                'branch' => $this->journal->settle($op, ['taken' => $op['taken'], 'cases' => $op['cases']]),
                'send' => $this->takeSend($op),
                'state' => $this->state = $this->plain($op['v']),
                'invoke' => $this->takeInvoke($op),
                'input' => isset($this->world->answers[$op['name']])
                    ? $this->journal->settle($op, $this->world->answers[$op['name']] + ['at' => $this->now()])
                    : $this->wait($op),
                'fetch' => isset($this->world->fetched[$op['name']])
                    ? $this->journal->settle($op, $this->world->fetched[$op['name']])
                    : $this->journal->fail($op, self::unsaid('FetchError', "fetch \"{$op['name']}\"", 'fetched')),
                default => $this->wait($op),
            };
        }
    }

    /** @param array<string, mixed> $op */
    private function takeRun(array $op): void
    {
        $id = $op['id'];
        $this->journal->close($id);
        if ($op['st'] === 'ok') {
            $this->journal->settle($op, $this->plain($op['v'] ?? null));
            if ($op['compensate'] ?? false) {
                $this->undoable[] = $id;
            }
            return;
        }
        $attempt = $this->journal->attempts[$id] ?? 1;
        $delayMs = Retries::delayMs($op['error'], $attempt, $op['retry_policy'] ?? $this->ownPolicy());
        if ($delayMs === null) {
            $this->journal->fail($op, $op['error']);
            return;
        }
        $this->journal->attempts[$id] = $attempt + 1;
        $this->retryAtMs = max($this->retryAtMs, $this->nowMs + $delayMs);
    }

    /** @param array<string, mixed> $op */
    private function takeJoin(array $op): void
    {
        $this->journal->settle($op, $op['v'] ?? null);
        $this->journal->lose($op['losers']);
    }

    /** @param array<string, mixed> $op */
    private function takeGroup(array $op): void
    {
        $this->journal->fold($op['folds']);
        $this->journal->settle($op, $this->plain($op['v']));
    }

    /** @param array<string, mixed> $op */
    private function takeSend(array $op): void
    {
        $ids = [];
        foreach ($op['events'] as $event) {
            $id = $event['id'] ?? 'evt_sent_' . count($this->sent);
            $sent = ['id' => $id, 'name' => $event['name'], 'data' => $this->plain($event['data'] ?? null)];
            $this->sent[] = $sent;
            $this->world->comes($sent + ['time' => $this->now()], $this->nowMs);
            $ids[] = $id;
        }
        $this->journal->settle($op, $ids);
    }

    /** @param array<string, mixed> $op */
    private function takeInvoke(array $op): void
    {
        $fn = $op['fn'];
        $child = $this->world->children[$fn] ?? null;
        $isSpawned = ($op['spawn'] ?? false) === true;
        $output = null;
        $error = $child === null ? self::unsaid('UnknownFunctionError', "function \"{$fn}\"", 'child') : null;
        try {
            $output = $child === null ? null : Value::toJson("Child \"{$fn}\" returned", $child($this->plain($op['input'] ?? null)));
        } catch (\Throwable $thrown) {
            $error = Failure::of($thrown);
        }
        if ($isSpawned) {
            $this->journal->settle($op, "run_of_{$fn}");
        } elseif ($error !== null) {
            $this->journal->fail($op, $error);
        } else {
            $this->journal->settle($op, $this->plain($output));
        }
    }

    /** @param array<string, mixed> $op */
    private function wait(array $op): void
    {
        $ms = $op['ms'] ?? $op['timeout_ms'] ?? null;
        if (isset($op['until'])) {
            $ms = max(0, (int) Instant::parse($op['until']) - self::BEGAN_MS - $this->nowMs);
        }
        $this->journal->wait($op + ['dueMs' => $ms === null ? null : $this->nowMs + $ms]);
    }

    /**
     * Whatever is next happens: a planned step, a retry, an event, a timer.
     *
     * @param array<string, mixed> $answer
     */
    private function goOn(array $answer): ?TestResult
    {
        foreach ($this->journal->open() as $id => $op) {
            if ($op['op'] === 'plan' || $op['op'] === 'start') {
                $this->runPlanned((string) $id, $op);
                return null;
            }
        }
        if ($this->retryAtMs > 0) {
            $this->waitForRetry();
            return null;
        }
        foreach ($answer['ops'] ?? [] as $op) {
            if ($op['op'] !== 'join' && $this->journal->has($op['id'])) {
                return null;
            }
        }
        return $this->nextHappens() ? null : $this->result('waiting', null, null);
    }

    /** @param array<string, mixed> $op */
    private function runPlanned(string $id, array $op): void
    {
        $answer = $this->dispatch(['kind' => 'step', 'step' => $id, 'fence' => "task-{$id}"]);
        if (($answer['ops'][0]['id'] ?? null) !== $id) {
            throw new \LogicException("Step \"{$op['name']}\" is not reached by the code that planned it.");
        }
        $this->take($answer['ops']);
        if (!$this->journal->has($id)) {
            // It is tried again as a task of its own.
            $this->waitForRetry();
            $this->journal->wait($op);
        }
    }

    private function waitForRetry(): void
    {
        $this->nowMs = max($this->nowMs, $this->retryAtMs);
        $this->retryAtMs = 0;
    }

    /** The first event or timer that moves the run; false when there is none. */
    private function nextHappens(): bool
    {
        $first = null;
        foreach ($this->journal->open() as $id => $op) {
            $event = $this->world->firstFor($op, $this->nowMs);
            foreach ([$event, isset($op['dueMs']) ? [$op['dueMs'], null] : null] as $next) {
                if ($next !== null && ($first === null || $next[0] < $first[0])) {
                    $first = [...$next, (string) $id];
                }
            }
        }
        if ($first === null) {
            return false;
        }
        [$this->nowMs, $place, $id] = $first;
        $op = $this->journal->open()[$id];
        $place === null ? $this->timeIsOver($op) : $this->comes($op, ['time' => $this->now()] + $this->world->take($place));
        return true;
    }

    /** @param array<string, mixed> $op */
    private function timeIsOver(array $op): void
    {
        $op['op'] === 'invoke'
            ? $this->journal->fail($op, ['name' => 'InvokeTimeoutError', 'message' => 'It took too long.'])
            : $this->journal->settle($op, null);
    }

    /**
     * @param array<string, mixed> $op
     * @param array<string, mixed> $event
     */
    private function comes(array $op, array $event): void
    {
        [$isSettled, $value] = Awaiting::reach($op, $event);
        $isSettled ? $this->journal->settle($op, $value) : $this->journal->wait(['came' => $value] + $op);
    }

    /** @param array<string, mixed> $error */
    private function failed(array $error): ?TestResult
    {
        if (($error['code'] ?? '') === 'nondeterminism') {
            throw new \LogicException($error['message']);
        }
        $delayMs = Retries::delayMs($error, $this->runAttempt, $this->ownPolicy());
        if ($delayMs !== null) {
            $this->runAttempt += 1;
            $this->nowMs += $delayMs;
            return null;
        }
        foreach (array_reverse($this->undoable) as $id) {
            $this->undo($id);
        }
        return $this->result('failed', null, $error);
    }

    private function undo(string $id): void
    {
        $name = $this->journal->op($id)['name'];
        $undoId = StepId::of($id, $name, 0);
        for (;;) {
            $answer = $this->dispatch(['kind' => 'compensate', 'step' => $id, 'fence' => "undo-{$id}"]);
            $done = $answer['ops'][0] ?? throw new \LogicException("What undoes step \"{$name}\" is not reached.");
            if ($done['st'] === 'ok') {
                $this->undone[] = $name;
                return;
            }
            $attempt = $this->journal->attempts[$undoId] ?? 1;
            $delayMs = Retries::delayMs($done['error'], $attempt, $done['retry_policy'] ?? $this->ownPolicy());
            if ($delayMs === null) {
                throw StepError::of($name, $done['error']);
            }
            $this->journal->attempts[$undoId] = $attempt + 1;
            $this->nowMs += $delayMs;
        }
    }

    /** @param array<string, mixed>|null $failure */
    private function result(string $status, mixed $output, ?array $failure): TestResult
    {
        $open = array_values($this->journal->open())[0] ?? null;
        $waitsFor = $status === 'waiting' && $open !== null ? "{$open['op']} \"{$open['name']}\"" : null;
        $steps = $this->journal->steps();
        return new TestResult($status, $output, $failure, $steps, $this->sent, $this->undone, $this->state, $this->nowMs, $waitsFor);
    }

    /** @return array<string, mixed>|null */
    private function ownPolicy(): ?array
    {
        return $this->fn->manifest()['retry'] ?? null;
    }

    /** @return array<string, mixed> */
    private static function unsaid(string $error, string $what, string $method): array
    {
        return ['name' => $error, 'message' => "Nothing was said of {$what}: call ->{$method}()."];
    }

    private function plain(mixed $value): mixed
    {
        return $value instanceof RawJson ? Value::of($value) : $value;
    }

    private function now(): string
    {
        return Instant::format(self::BEGAN_MS + $this->nowMs);
    }
}
