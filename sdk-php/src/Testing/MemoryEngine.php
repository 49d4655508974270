<?php

declare(strict_types=1);

namespace Durable\Testing;

use Durable\Duration;
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
    private const POLICY = ['max' => 4, 'backoff' => 'exponential', 'base_ms' => 1_000, 'factor' => 2, 'max_ms' => 3_600_000];
    private const BEGAN_MS = 1_767_225_600_000;

    /** @var array<string, array{value: mixed, by: string}> */
    public array $answers = [];
    /** @var array<string, \Closure> */
    public array $children = [];
    /** @var array<string, array<string, mixed>> */
    public array $fetched = [];
    /** @var array<string, mixed> */
    public array $fakes = [];

    private DurableFunction $fn;
    /** @var array<string, mixed> */
    private array $event = [];
    /** @var array<string, array<string, mixed>> The memo, by id, in the order of completion. */
    private array $memo = [];
    /** @var array<string, array<string, mixed>> Ops that something settles later. */
    private array $open = [];
    /** @var array<string, int> */
    private array $attempts = [];
    /** @var array<string, array<string, mixed>> Every op that was reported, by id. */
    private array $ops = [];
    /** @var list<string> Completed steps that can be undone. */
    private array $undoable = [];
    /** @var list<string> */
    private array $undone = [];
    /** @var list<array{event: array<string, mixed>, atMs: int}> */
    private array $coming = [];
    /** @var list<array<string, mixed>> */
    private array $sent = [];
    private mixed $state = null;
    private int $nowMs = 0;
    private int $retryAtMs = 0;
    private int $runAttempt = 1;

    public function willCome(string $name, mixed $data, mixed $after): void
    {
        $event = ['id' => 'evt_' . count($this->coming), 'name' => $name, 'data' => $data, 'time' => ''];
        $this->coming[] = ['event' => $event, 'atMs' => Duration::ms($after)];
    }

    public function willSignal(string $key, mixed $payload, mixed $after): void
    {
        $this->willCome('durable.signal', ['key' => $key, 'payload' => $payload], $after);
    }

    /** @param array<string, mixed> $event */
    public function run(DurableFunction $fn, array $event): TestResult
    {
        $this->fn = $fn;
        $this->event = $event;
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
        throw new \LogicException("Function \"{$fn->id}\" did not end in 100000 turns.");
    }

    /**
     * @param array<string, mixed> $task
     * @return array<string, mixed>
     */
    private function dispatch(array $task): array
    {
        $pending = [];
        foreach ($this->open as $id => $op) {
            // The step that a task is for is pending in every other memo.
            if ((string) $id !== ($task['step'] ?? null)) {
                $pending[] = ['id' => $id, 'op' => self::recordedOp($op), 'st' => 'pending'];
            }
        }
        $run = new FunctionRun($this->fn, [
            'app' => 'test',
            'fn' => $this->fn->id,
            'run' => ['id' => 'run_test', 'started_at' => Instant::format(self::BEGAN_MS), 'attempt' => $this->runAttempt],
            'task' => $task,
            'input' => ['event' => $this->event],
            'memo' => [...array_values($this->memo), ...$pending],
            'memo_next' => null,
            'attempts' => $this->attempts,
            'budget' => ['ms' => INF, 'steps' => 1],
            'engine' => ['environment' => 'test', 'capabilities' => ['claim']],
        ], new TurnOptions(secret: Secret::parse(Secret::DEV), engineUrl: 'http://localhost:4400', fakes: $this->fakes));
        return $run->answer();
    }

    /** @param list<array<string, mixed>> $ops */
    private function take(array $ops): void
    {
        foreach ($ops as $op) {
            $id = $op['id'];
            $this->ops[$id] = $op;
            match ($op['op']) {
                'run' => $this->takeRun($op),
                'plan', 'start' => $this->open[$id] = $op,
                'join' => $this->takeJoin($op),
                'group' => $this->takeGroup($op),
                'branch' => $this->settle($op, ['taken' => $op['taken'], 'cases' => $op['cases']]),
                'send' => $this->takeSend($op),
                'state' => $this->state = $this->plain($op['v']),
                'invoke' => $this->takeInvoke($op),
                'input' => isset($this->answers[$op['name']])
                    ? $this->settle($op, $this->answers[$op['name']] + ['at' => $this->now()])
                    : $this->wait($op),
                'fetch' => isset($this->fetched[$op['name']])
                    ? $this->settle($op, $this->fetched[$op['name']])
                    : $this->fail($op, ['name' => 'FetchError', 'message' => "Nothing was said of fetch \"{$op['name']}\": call ->fetched()."]),
                default => $this->wait($op),
            };
        }
    }

    /** @param array<string, mixed> $op */
    private function takeRun(array $op): void
    {
        $id = $op['id'];
        unset($this->open[$id]);
        if ($op['st'] === 'ok') {
            $this->settle($op, isset($op['v']) ? $this->plain($op['v']) : null);
            if ($op['compensate'] ?? false) {
                $this->undoable[] = $id;
            }
            return;
        }
        $attempt = $this->attempts[$id] ?? 1;
        $delayMs = $this->retryDelayMs($op['error'], $attempt, $op['retry_policy'] ?? null);
        if ($delayMs === null) {
            $this->fail($op, $op['error']);
            return;
        }
        $this->attempts[$id] = $attempt + 1;
        $this->retryAtMs = max($this->retryAtMs, $this->nowMs + $delayMs);
    }

    /**
     * @param array<string, mixed> $error
     * @param array<string, mixed>|null $policy
     */
    private function retryDelayMs(array $error, int $attempt, ?array $policy): ?int
    {
        $policy ??= $this->fn->manifest()['retry'] ?? self::POLICY;
        $name = $error['name'] ?? '';
        $isFinal = ($error['retry'] ?? true) === false
            || $attempt >= $policy['max']
            || in_array($name, $policy['stop_on'] ?? [], true)
            || (isset($policy['retry_on']) && !in_array($name, $policy['retry_on'], true));
        if ($isFinal) {
            return null;
        }
        return (int) ($error['retry_after_ms'] ?? min($policy['max_ms'] ?? PHP_INT_MAX, match ($policy['backoff']) {
            'constant' => $policy['base_ms'],
            'linear' => $policy['base_ms'] * $attempt,
            'table' => $policy['table_ms'][min($attempt, count($policy['table_ms'])) - 1],
            default => $policy['base_ms'] * $policy['factor'] ** ($attempt - 1),
        }));
    }

    /** @param array<string, mixed> $op */
    private function takeJoin(array $op): void
    {
        $this->memo[$op['id']] = ['id' => $op['id'], 'op' => 'join', 'st' => 'ok', 'v' => $op['v'] ?? null];
        foreach ($op['losers'] as $id) {
            if (isset($this->open[$id])) {
                $this->open[$id]['isLost'] = true;
            }
        }
    }

    /** @param array<string, mixed> $op */
    private function takeGroup(array $op): void
    {
        foreach ($op['folds'] as $id) {
            unset($this->memo[$id]);
        }
        $this->settle($op, $this->plain($op['v']));
    }

    /** @param array<string, mixed> $op */
    private function takeSend(array $op): void
    {
        $ids = [];
        foreach ($op['events'] as $event) {
            $id = $event['id'] ?? 'evt_sent_' . count($this->sent);
            $data = isset($event['data']) ? $this->plain($event['data']) : null;
            $this->sent[] = ['id' => $id, 'name' => $event['name'], 'data' => $data];
            $this->coming[] = [
                'event' => ['id' => $id, 'name' => $event['name'], 'data' => $data, 'time' => $this->now()],
                'atMs' => $this->nowMs,
            ];
            $ids[] = $id;
        }
        $this->settle($op, $ids);
    }

    /** @param array<string, mixed> $op */
    private function takeInvoke(array $op): void
    {
        $child = $this->children[$op['fn']] ?? null;
        $input = isset($op['input']) ? $this->plain($op['input']) : null;
        try {
            $output = $child === null ? null : $this->plain(Value::toJson("Child \"{$op['fn']}\" returned", $child($input)));
        } catch (\Throwable $thrown) {
            if (($op['spawn'] ?? false) !== true) {
                $this->fail($op, Failure::of($thrown));
                return;
            }
            $output = null;
        }
        if (($op['spawn'] ?? false) === true) {
            $this->settle($op, 'run_of_' . $op['fn']);
        } elseif ($child !== null) {
            $this->settle($op, $output);
        } else {
            $this->fail($op, ['name' => 'UnknownFunctionError', 'message' => "Nothing was said of function \"{$op['fn']}\": call ->child()."]);
        }
    }

    /** @param array<string, mixed> $op */
    private function wait(array $op): void
    {
        $ms = $op['ms'] ?? $op['timeout_ms'] ?? null;
        if (isset($op['until'])) {
            $ms = max(0, (int) Instant::parse($op['until']) - self::BEGAN_MS - $this->nowMs);
        }
        $this->open[$op['id']] = $op + ['dueMs' => $ms === null ? null : $this->nowMs + $ms];
    }

    /** @param array<string, mixed> $op */
    private function settle(array $op, mixed $value): void
    {
        unset($this->open[$op['id']]);
        $this->memo[$op['id']] = ['id' => $op['id'], 'op' => self::recordedOp($op), 'st' => 'ok', 'v' => $value];
    }

    /**
     * @param array<string, mixed> $op
     * @param array<string, mixed> $error
     */
    private function fail(array $op, array $error): void
    {
        unset($this->open[$op['id']]);
        $this->memo[$op['id']] = ['id' => $op['id'], 'op' => self::recordedOp($op), 'st' => 'err', 'error' => $error];
    }

    /**
     * Whatever is next happens: a planned step, a retry, an event, a timer.
     *
     * @param array<string, mixed> $answer
     */
    private function goOn(array $answer): ?TestResult
    {
        foreach ($this->open as $id => $op) {
            if (in_array($op['op'], ['plan', 'start'], true) && !isset($op['isLost'])) {
                $this->runPlanned((string) $id, $op);
                return null;
            }
        }
        if ($this->retryAtMs > 0) {
            $this->nowMs = max($this->nowMs, $this->retryAtMs);
            $this->retryAtMs = 0;
            return null;
        }
        $settlesByItself = array_filter($answer['ops'] ?? [], fn (array $op): bool => isset($this->memo[$op['id']]) && $op['op'] !== 'join');
        if ($settlesByItself !== []) {
            return null;
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
        if (!isset($this->memo[$id])) {
            // It is tried again as a task of its own.
            $this->nowMs = max($this->nowMs, $this->retryAtMs);
            $this->retryAtMs = 0;
            $this->open[$id] = $op;
        }
    }

    /** The first event or timer that moves the run; false when there is none. */
    private function nextHappens(): bool
    {
        $first = null;
        foreach ($this->open as $id => $op) {
            if (isset($op['isLost'])) {
                continue;
            }
            foreach ($this->coming as $at => $coming) {
                $atMs = max($this->nowMs, $coming['atMs']);
                if ($this->isFor($op, $coming['event']) && ($first === null || $atMs < $first[0])) {
                    $first = [$atMs, (string) $id, $at];
                }
            }
            $dueMs = $op['dueMs'] ?? null;
            if ($dueMs !== null && ($first === null || $dueMs < $first[0])) {
                $first = [$dueMs, (string) $id, null];
            }
        }
        if ($first === null) {
            return false;
        }
        [$this->nowMs, $id, $at] = $first;
        $op = $this->open[$id];
        if ($at === null) {
            $op['op'] === 'invoke'
                ? $this->fail($op, ['name' => 'InvokeTimeoutError', 'message' => 'It took too long.'])
                : $this->settle($op, null);
            return true;
        }
        $event = ['time' => $this->now()] + $this->coming[$at]['event'];
        array_splice($this->coming, $at, 1);
        $this->reach($op, $event);
        return true;
    }

    /**
     * @param array<string, mixed> $op
     * @param array<string, mixed> $event
     */
    private function isFor(array $op, array $event): bool
    {
        if ($op['op'] === 'signal') {
            return $event['name'] === 'durable.signal' && $event['data']['key'] === $op['key'];
        }
        if ($op['op'] !== 'wait') {
            return false;
        }
        $came = array_column($op['came'] ?? [], 'key');
        foreach ($op['any'] ?? $op['all'] ?? [$op + ['key' => '']] as $awaited) {
            if (!in_array($awaited['key'], $came, true) && self::matches($awaited, $event)) {
                return true;
            }
        }
        return false;
    }

    /**
     * @param array<string, mixed> $op
     * @param array<string, mixed> $event
     */
    private function reach(array $op, array $event): void
    {
        if ($op['op'] === 'signal') {
            $this->settle($op, $event['data']['payload']);
            return;
        }
        if (isset($op['event'])) {
            $this->settle($op, $event);
            return;
        }
        $came = array_column($op['came'] ?? [], 'event', 'key');
        foreach ($op['any'] ?? $op['all'] as $awaited) {
            if (!isset($came[$awaited['key']]) && self::matches($awaited, $event)) {
                $came[$awaited['key']] = $event;
                break;
            }
        }
        if (isset($op['any'])) {
            $key = (string) array_key_last($came);
            $this->settle($op, ['key' => $key, 'event' => $event]);
        } elseif (count($came) === count($op['all'])) {
            $this->settle($op, $came);
        } else {
            $this->open[$op['id']]['came'] = array_map(
                static fn ($key, array $each): array => ['key' => (string) $key, 'event' => $each],
                array_keys($came),
                $came,
            );
        }
    }

    /**
     * @param array<string, mixed> $awaited
     * @param array<string, mixed> $event
     */
    private static function matches(array $awaited, array $event): bool
    {
        if (isset($awaited['if'])) {
            throw new \LogicException('The tester knows no expressions: what waits with "if" is tested against an engine.');
        }
        if ($awaited['event'] !== $event['name']) {
            return false;
        }
        foreach ($awaited['match'] ?? [] as $path => $value) {
            $found = $event['data'];
            foreach (explode('.', (string) $path) as $member) {
                $found = is_array($found) ? $found[$member] ?? null : null;
            }
            if ($found !== $value) {
                return false;
            }
        }
        return true;
    }

    /** @param array<string, mixed> $error */
    private function failed(array $error): ?TestResult
    {
        if (($error['code'] ?? '') === 'nondeterminism') {
            throw new \LogicException($error['message']);
        }
        $delayMs = $this->retryDelayMs($error, $this->runAttempt, null);
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
        $op = $this->ops[$id];
        $undoId = StepId::of($id, $op['name'], 0);
        for (;;) {
            $answer = $this->dispatch(['kind' => 'compensate', 'step' => $id, 'fence' => "undo-{$id}"]);
            $done = $answer['ops'][0] ?? throw new \LogicException("What undoes step \"{$op['name']}\" is not reached.");
            if ($done['st'] === 'ok') {
                $this->undone[] = $op['name'];
                return;
            }
            $attempt = $this->attempts[$undoId] ?? 1;
            $delayMs = $this->retryDelayMs($done['error'], $attempt, $done['retry_policy'] ?? null);
            if ($delayMs === null) {
                throw StepError::of($op['name'], $done['error']);
            }
            $this->attempts[$undoId] = $attempt + 1;
            $this->nowMs += $delayMs;
        }
    }

    /** @param array<string, mixed>|null $failure */
    private function result(string $status, mixed $output, ?array $failure): TestResult
    {
        $steps = [];
        foreach ($this->memo as $id => $entry) {
            $steps[] = [
                'id' => (string) $id,
                'name' => $this->ops[$id]['name'],
                'op' => $entry['op'],
                'status' => $entry['st'],
                'value' => $entry['v'] ?? null,
                'attempts' => $this->attempts[$id] ?? 1,
            ];
        }
        $open = array_values(array_filter($this->open, static fn (array $op): bool => !isset($op['isLost'])));
        $waitsFor = $status === 'waiting' && $open !== [] ? "{$open[0]['op']} \"{$open[0]['name']}\"" : null;
        return new TestResult($status, $output, $failure, $steps, $this->sent, $this->undone, $this->state, $this->nowMs, $waitsFor);
    }

    /** @param array<string, mixed> $op */
    private static function recordedOp(array $op): string
    {
        return match (true) {
            $op['op'] === 'plan', $op['op'] === 'start' => 'run',
            $op['op'] === 'invoke' && ($op['spawn'] ?? false) === true => 'spawn',
            $op['op'] === 'input' && $op['kind'] === 'approval' => 'approval',
            default => $op['op'],
        };
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
