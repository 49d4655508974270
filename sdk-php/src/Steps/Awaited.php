<?php

declare(strict_types=1);

namespace Durable\Steps;

use Durable\Exception\InvalidOption;
use Durable\Exception\NonRetriableError;
use Durable\Json\JsonObject;
use Durable\Options\Options;
use Durable\Options\Shown;
use Durable\Wire\EventName;
use Durable\Wire\Limits;

/** Which event is waited for. */
final class Awaited
{
    /**
     * @return array<string, mixed>
     * @throws NonRetriableError with what is wrong with it.
     */
    public static function onWire(string $subject, mixed $awaited): array
    {
        if (is_string($awaited)) {
            $awaited = ['event' => $awaited];
        }
        try {
            $awaited = Options::checked("{$subject}: an event that is waited for", $awaited, ['event', 'match', 'if', 'lookBack']);
        } catch (InvalidOption $problem) {
            throw new NonRetriableError($problem->getMessage(), $problem);
        }
        $event = $awaited['event'] ?? null;
        if (!is_string($event)) {
            throw new NonRetriableError("{$subject}: \"event\" must name an event.");
        }
        $problem = EventName::awaitedProblem($event);
        if ($problem !== null) {
            throw new NonRetriableError("{$subject}: {$problem}");
        }
        $onWire = ['event' => $event];
        if (isset($awaited['match'])) {
            $onWire['match'] = self::match($subject, $awaited['match']);
        }
        if (isset($awaited['if'])) {
            $onWire['if'] = self::condition($subject, $awaited['if']);
        }
        if (isset($awaited['lookBack'])) {
            $onWire['look_back_ms'] = Bounded::ms($subject, $awaited['lookBack']);
        }
        return $onWire;
    }

    /**
     * @return array<string, mixed>|JsonObject
     * @throws NonRetriableError with what is wrong with it.
     */
    public static function match(string $subject, mixed $match): array|JsonObject
    {
        if (!is_array($match) || ($match !== [] && array_is_list($match))) {
            throw new NonRetriableError(
                "{$subject}: \"match\" names paths and what they must equal, as ['order.id' => 7], and is " . Shown::text($match) . '.',
            );
        }
        if (count($match) > Limits::MATCH_PATHS_MAX) {
            throw new NonRetriableError(
                sprintf('%s: "match" has %d paths; at most 20 are possible.', $subject, count($match)),
            );
        }
        foreach ($match as $path => $value) {
            if ($path === '' || mb_strlen((string) $path) > Limits::MATCH_PATH_CHARACTERS_MAX || strlen((string) $path) > Limits::JSON_KEY_BYTES_MAX) {
                throw new NonRetriableError("{$subject}: a path of \"match\" has 1 to 500 characters, as in \"order.id\".");
            }
            $isScalar = $value === null || is_bool($value) || is_int($value) || is_string($value)
                || (is_float($value) && is_finite($value));
            if (!$isScalar) {
                throw new NonRetriableError(
                    "{$subject}: \"match\" compares \"{$path}\" with " . Shown::text($value) . '. It must be a string, a finite '
                    . 'number, a boolean or null.',
                );
            }
        }
        return JsonObject::orArray($match);
    }

    private static function condition(string $subject, mixed $condition): string
    {
        if (!is_string($condition) || $condition === '') {
            throw new NonRetriableError("{$subject}: \"if\" must be an expression, such as \"event.data.total > 100\".");
        }
        $characters = mb_strlen($condition);
        if ($characters > Limits::EXPRESSION_CHARACTERS_MAX) {
            throw new NonRetriableError(
                "{$subject}: \"if\" has {$characters} characters; at most 1000 are possible. Say what must be equal with \"match\", or "
                . 'look at the event once it has come.',
            );
        }
        return $condition;
    }
}
