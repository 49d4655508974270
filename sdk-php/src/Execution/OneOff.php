<?php

declare(strict_types=1);

namespace Durable\Execution;

use Durable\Clock;
use Durable\DurableFunction;
use Durable\Json\Value;
use Durable\Wire\EventName;

/** Answers without consequences: a call of a handler, and a question to a run. */
final class OneOff
{
    /**
     * Runs the handler once, with no run and no history.
     *
     * @param array<string, mixed> $message
     * @return array<string, mixed>
     */
    public static function call(DurableFunction $fn, array $message, TurnOptions $options): array
    {
        $call = $message['call'];
        return self::answering("Function \"{$fn->id}\" returned", static function () use ($fn, $message, $call, $options): mixed {
            $turn = new CallTurn($call['id'], $call['started_at'], $options);
            $event = [
                'id' => $call['id'],
                'name' => EventName::CALL,
                'data' => $message['input'],
                'time' => $call['started_at'],
            ];
            $end = $turn->run(Handlers::of($fn, ['event' => $event, 'run' => $call], $turn));
            return match ($end->kind) {
                'returned' => $end->value,
                'threw' => throw $end->thrown,
                default => throw new \LogicException("Function \"{$fn->id}\" came to a step that nothing settles in a one-off call."),
            };
        });
    }

    /**
     * Replays the run as far as it is recorded, then asks the query that it registered.
     *
     * @param array<string, mixed> $message
     * @return array<string, mixed>
     */
    public static function query(DurableFunction $fn, array $message, TurnOptions $options): array
    {
        $name = $message['query']['name'];
        $input = ['event' => $message['event']] + (isset($message['events']) ? ['events' => $message['events']] : []);
        $turn = new Turn([
            'app' => $message['app'],
            'run' => $message['run'],
            'task' => ['kind' => 'advance', 'fence' => 'query'],
            'input' => $input,
            'memo' => $message['memo'],
            'attempts' => [],
            'budget' => $message['budget'],
            'engine' => $message['engine'] ?? null,
        ], Clock::monotonicMs(), $options);
        $end = $turn->run(Handlers::of($fn, $input + ['run' => $message['run']], $turn));
        $answer = $turn->queries[$name] ?? null;
        if ($answer === null && $end->kind !== 'nondeterministic') {
            return ['status' => 'unknown_query', 'known' => array_map('strval', array_keys($turn->queries))];
        }
        return self::answering("Query \"{$name}\" returned", static function () use ($turn, $end, $answer, $name, $message): mixed {
            if ($answer === null || $end->kind === 'nondeterministic') {
                throw new \RuntimeException($end->message);
            }
            // A step in a query would never be run: it is refused like one inside of a step.
            return $turn->bodies->within(new Body($name, isQuery: true), static fn (): mixed => $answer($message['query']['input'] ?? null));
        });
    }

    /**
     * @param \Closure(): mixed $answer
     * @return array<string, mixed>
     */
    private static function answering(string $subject, \Closure $answer): array
    {
        $startedAtMs = Clock::monotonicMs();
        try {
            $said = ['status' => 'done', 'output' => Value::toJson($subject, $answer())];
        } catch (\Throwable $thrown) {
            $said = ['status' => 'error', 'error' => Failure::of($thrown)];
        }
        return $said + ['app_ms' => Clock::elapsedMs($startedAtMs)];
    }
}
