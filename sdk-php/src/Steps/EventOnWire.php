<?php

declare(strict_types=1);

namespace Durable\Steps;

use Durable\Exception\InvalidOption;
use Durable\Exception\NonRetriableError;
use Durable\Json\Value;
use Durable\Options\Options;
use Durable\Options\Search;
use Durable\Options\Shown;
use Durable\Wire\EventName;
use Durable\Wire\Instant;
use Durable\Wire\Limits;

/** Events to send, and when something shall begin. */
final class EventOnWire
{
    /**
     * @param string $subject How a sentence about it begins: `Step "tell"`.
     * @return array<string, mixed>
     * @throws NonRetriableError with what is wrong with its name, time or data.
     */
    public static function of(string $subject, mixed $given): array
    {
        $problem = Options::problem($given, ['name', 'data', 'id', 'time', 'delay', 'at', 'tags']);
        if ($problem !== null) {
            throw new NonRetriableError("{$subject}: an event to send {$problem}");
        }
        $name = $given['name'] ?? null;
        $problem = is_string($name) ? EventName::problem($name) : 'An event needs a name.';
        if ($problem !== null) {
            throw new NonRetriableError("{$subject} sends " . Shown::text($name) . ": {$problem}");
        }
        $event = ['name' => $name];
        if (array_key_exists('data', $given)) {
            $event['data'] = Value::toJson("{$subject}: event \"{$name}\" carries", $given['data'], Limits::EVENT_BYTES_MAX);
        }
        $id = $given['id'] ?? null;
        if ($id !== null) {
            if (!is_string($id) || $id === '' || mb_strlen($id) > Limits::ID_CHARACTERS_MAX) {
                throw new NonRetriableError("{$subject}: the id of event \"{$name}\" must be a text of 1 to 200 characters.");
            }
            $event['id'] = $id;
        }
        if (isset($given['time'])) {
            $event['time'] = self::instant($given['time'])
                ?? throw new NonRetriableError(
                    "{$subject}: the time of event \"{$name}\" is neither a DateTimeInterface nor an RFC 3339 instant with its zone.",
                );
        }
        if (isset($given['tags'])) {
            try {
                $event['tags'] = Search::tags($given['tags']);
            } catch (InvalidOption $wrong) {
                throw new NonRetriableError("{$subject}: event \"{$name}\": {$wrong->getMessage()}", $wrong);
            }
        }
        return $event + self::begin("{$subject}: event \"{$name}\"", $given['delay'] ?? null, $given['at'] ?? null);
    }

    /** @return array<string, mixed> When something shall begin; at once unless told. */
    public static function begin(string $subject, mixed $delay, mixed $at): array
    {
        if ($delay !== null && $at !== null) {
            throw new NonRetriableError("{$subject} has both \"delay\" and \"at\"; it can begin once.");
        }
        if ($delay !== null) {
            return ['delay_ms' => Bounded::ms("{$subject}: \"delay\"", $delay)];
        }
        if ($at === null) {
            return [];
        }
        $instant = self::instant($at);
        return $instant !== null
            ? ['at' => $instant]
            : throw new NonRetriableError("{$subject}: \"at\" is neither a DateTimeInterface nor an RFC 3339 instant with its zone.");
    }

    private static function instant(mixed $time): ?string
    {
        $ms = Bounded::epochMs($time);
        // Outside of the years 0 to 9999 the wire has no text for it.
        $text = $ms === null ? '' : Instant::format($ms);
        return Instant::parse($text) === null ? null : $text;
    }
}
