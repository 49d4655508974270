<?php

declare(strict_types=1);

namespace Durable\Http;

use Durable\Execution\Entry;
use Durable\Json\JsonObject;

/** What the engine asks, as far as it must be whole to be answered. */
final class Message
{
    public static function isOne(mixed $message): bool
    {
        if (!is_array($message) || !is_string($message['app'] ?? null)) {
            return false;
        }
        return match ($message['type'] ?? null) {
            'inspect' => true,
            'invoke' => self::isInvoke($message),
            'call' => self::isCall($message),
            'query' => self::isQuery($message),
            default => false,
        };
    }

    /** @param array<string, mixed> $message */
    private static function isInvoke(array $message): bool
    {
        $task = $message['task'] ?? null;
        return self::isOfRun($message)
            && is_array($task)
            && is_string($task['fence'] ?? null)
            && (($task['kind'] ?? '') === 'advance'
                || (in_array($task['kind'] ?? '', ['step', 'compensate'], true) && is_string($task['step'] ?? null)))
            && self::isEvent($message['input']['event'] ?? null)
            && self::areEvents($message['input']['events'] ?? null)
            && (is_array($message['attempts'] ?? null) || ($message['attempts'] ?? null) instanceof JsonObject);
    }

    /** @param array<string, mixed> $message */
    private static function isCall(array $message): bool
    {
        return is_string($message['fn'] ?? null)
            && is_string($message['call']['id'] ?? null)
            && is_string($message['call']['started_at'] ?? null)
            && array_key_exists('input', $message);
    }

    /** @param array<string, mixed> $message */
    private static function isQuery(array $message): bool
    {
        return self::isOfRun($message)
            && self::isEvent($message['event'] ?? null)
            && self::areEvents($message['events'] ?? null)
            && is_string($message['query']['name'] ?? null);
    }

    /** @param array<string, mixed> $message */
    private static function isOfRun(array $message): bool
    {
        $ms = $message['budget']['ms'] ?? null;
        return is_string($message['fn'] ?? null)
            && is_string($message['run']['id'] ?? null)
            && is_string($message['run']['started_at'] ?? null)
            && Entry::areAll($message['memo'] ?? null)
            && (is_int($ms) || is_float($ms));
    }

    private static function isEvent(mixed $event): bool
    {
        return is_array($event)
            && is_string($event['name'] ?? null)
            && is_string($event['id'] ?? '')
            && is_string($event['time'] ?? '')
            && (!isset($event['ref']) || Entry::isRef($event['ref']));
    }

    /** All of a batch, where there are several. */
    private static function areEvents(mixed $events): bool
    {
        if (!is_array($events) || $events === [] || !array_is_list($events)) {
            return $events === null;
        }
        foreach ($events as $event) {
            if (!self::isEvent($event)) {
                return false;
            }
        }
        return true;
    }
}
