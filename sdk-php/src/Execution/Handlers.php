<?php

declare(strict_types=1);

namespace Durable\Execution;

use Durable\DurableFunction;
use Durable\RunContext;
use Durable\Schema\DataReader;
use Durable\Step;

/** Calls the handler of a function from the top. */
final class Handlers
{
    /**
     * @param array<string, mixed> $cause `event`, `events` and `run`.
     * @return \Closure(): mixed
     */
    public static function of(DurableFunction $fn, array $cause, Turn $turn): \Closure
    {
        return static function () use ($fn, $cause, $turn): mixed {
            $events = array_map(self::shown(...), $cause['events'] ?? [$cause['event']]);
            $context = new RunContext(
                $cause['run']['id'],
                $cause['run']['started_at'],
                $events[0],
                $events,
                $turn->options->traceparent,
            );
            $event = $events[0];
            if ($fn->inputClass !== null) {
                $subject = "The data of event \"{$event['name']}\"";
                $event['data'] = DataReader::read($fn->inputClass, $event['data'], $subject);
            }
            $first = $fn->dataClass === null ? $event : $event['data'];
            return ($fn->handler)($first, new Step($turn, new Scope(), $fn->policy), $context);
        };
    }

    /**
     * @param array<string, mixed> $received
     * @return array{id: string, name: string, data: mixed, time: string}
     */
    private static function shown(array $received): array
    {
        return [
            'id' => $received['id'] ?? '',
            'name' => $received['name'],
            'data' => $received['data'] ?? null,
            'time' => $received['time'] ?? '',
        ];
    }
}
