<?php

declare(strict_types=1);

namespace Durable\Execution;

use Durable\Exception\NonRetriableError;
use Durable\Exception\StepError;
use Durable\Json\JsonReader;
use Durable\Json\RawJson;

/**
 * The whole of a one-off call, which has neither a run nor a memo: a step's body runs where the step stands, its result goes
 * on at once, and nothing is reported. What only an engine can do is refused.
 */
final class CallTurn extends Turn
{
    private const CANNOT = [
        'sleep' => 'sleep',
        'wait' => 'wait for an event',
        'signal' => 'wait for a signal',
        'fetch' => 'have the engine make a request (make it in a step.run)',
        'input' => 'wait for a person',
        'invoke' => 'start another function as a step',
        'send' => 'send events as a step (send them with the client)',
    ];

    /** @var array<string, mixed>|null The op that the step has left that was begun last. */
    private ?array $left = null;

    public function __construct(string $callId, string $startedAt, TurnOptions $options = new TurnOptions())
    {
        parent::__construct([
            'run' => ['id' => $callId, 'started_at' => $startedAt],
            'task' => ['kind' => 'advance', 'fence' => $callId],
            'memo' => [],
            'attempts' => [],
            'budget' => ['ms' => INF],
        ], 0, $options);
    }

    public function report(array $op, Scope $scope): void
    {
        $cannot = self::CANNOT[$op['op']] ?? "do this ({$op['op']})";
        // What a loop is done with is a record, and nothing that it needs the engine for.
        if ($op['op'] === 'group') {
            $this->left = ['op' => 'run', 'st' => 'ok', 'v' => $op['v']];
            return;
        }
        throw new NonRetriableError(
            "Step \"{$op['name']}\": a one-off call has no run, so it cannot {$cannot}. Start a run instead: \$client->start() or "
            . '$client->execute().',
        );
    }

    public function start(\Closure $body, Scope $scope): void
    {
        $this->left = $this->tasks->outside($body);
    }

    public function publish(RawJson $value): void
    {
    }

    public function decide(string $id, string $name, int $n, Scope $scope, array $losers, array $winners): void
    {
        $this->closeAll($losers);
    }

    protected function askFirst(StepCall $call, Scope $scope, \Closure $begin, Task $task): Asked
    {
        [$id, $n] = $this->places->next($scope, $call->name);
        try {
            $this->left = null;
            $begin($id, $n);
            $op = $this->left ?? [];
            if (($op['st'] ?? 'ok') === 'err') {
                throw StepError::of($call->name, $op['error']);
            }
            $value = $op['v'] ?? null;
            // As a replay would bring it back: only what JSON keeps.
            $result = $value instanceof RawJson ? JsonReader::value($value->text) : null;
            return Asked::returned($call->read($call->op === 'branch' ? $op : $result));
        } catch (Interrupt $interrupt) {
            throw $interrupt;
        } catch (\Throwable $thrown) {
            return Asked::threw($thrown);
        }
    }
}
