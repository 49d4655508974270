<?php

declare(strict_types=1);

namespace Durable\Json;

use Durable\Wire\Limits;

/**
 * Strict JSON: what one side reads, the other side meant, and nothing else. `json_decode` takes the last of two equal names
 * and lets NUL through.
 *
 * Text that is written back unchanged by `json_encode` has no name twice, no odd spelling and nothing beside the value, so
 * PHP's own functions decide the usual case; the rest is read one token after the other, which says what is wrong with it, or
 * passes it.
 */
final class JsonReader
{
    /** Members of messages that are values of users' code. */
    private const VALUES = ['v', 'data', 'input', 'output'];

    /**
     * The document, with objects as arrays (see JsonObject).
     *
     * @param list<string> $raw Members with these names are checked but kept as RawJson.
     * @param bool $isExact Whether a number that no double holds is refused; never in raw members.
     * @throws JsonProblem
     */
    public static function read(string $text, array $raw = [], bool $isExact = true, int $depthMax = Limits::JSON_DEPTH_MAX): mixed
    {
        if ($raw === []) {
            $value = self::readPlain($text, $depthMax);
            if ($value !== null) {
                return $value;
            }
        }
        return StrictReader::read($text, $raw, $isExact, $depthMax);
    }

    /**
     * A message of the engine. What of it is a value of users' code may hold any number.
     *
     * @throws JsonProblem
     */
    public static function message(string $text): mixed
    {
        $value = self::readPlain($text, Limits::JSON_DEPTH_MAX);
        return $value ?? self::revive(StrictReader::read($text, self::VALUES, true, Limits::JSON_DEPTH_MAX));
    }

    /** A value that is known to be JSON. */
    public static function value(string $json): mixed
    {
        return self::arraysOf(json_decode($json, false, 512, JSON_THROW_ON_ERROR));
    }

    /** Null when PHP's own functions cannot tell that it is read strictly. */
    private static function readPlain(string $text, int $depthMax): mixed
    {
        // An escaped character or many digits: each may be against the rules.
        if (str_contains($text, '\\u') || preg_match('/[0-9]{16}|[0-9][eE][+-]?[0-9]{3}/', $text) === 1) {
            return null;
        }
        $value = json_decode($text, false, $depthMax);
        if ($value === null || JsonWriter::encode($value) !== $text) {
            return null;
        }
        return strlen($text) <= Limits::JSON_KEY_BYTES_MAX || self::isWithinBounds($value) ? self::arraysOf($value) : null;
    }

    /** Neither a long name nor very many members. */
    private static function isWithinBounds(mixed $value): bool
    {
        if (is_object($value)) {
            $value = (array) $value;
            if (count($value) > Limits::JSON_KEYS_MAX) {
                return false;
            }
            foreach ($value as $name => $each) {
                if (strlen((string) $name) > Limits::JSON_KEY_BYTES_MAX) {
                    return false;
                }
            }
        }
        foreach (is_array($value) ? $value : [] as $each) {
            if ((is_array($each) || is_object($each)) && !self::isWithinBounds($each)) {
                return false;
            }
        }
        return true;
    }

    private static function arraysOf(mixed $value): mixed
    {
        if (is_array($value)) {
            foreach ($value as $at => $each) {
                if (is_array($each) || is_object($each)) {
                    $value[$at] = self::arraysOf($each);
                }
            }
            return $value;
        }
        if (!is_object($value)) {
            return $value;
        }
        $members = (array) $value;
        foreach ($members as $name => $each) {
            if (is_array($each) || is_object($each)) {
                $members[$name] = self::arraysOf($each);
            }
        }
        return JsonObject::orArray($members);
    }

    private static function revive(mixed $value): mixed
    {
        if ($value instanceof RawJson) {
            return self::value($value->text);
        }
        if (is_array($value)) {
            return array_map(self::revive(...), $value);
        }
        return $value instanceof JsonObject ? new JsonObject(array_map(self::revive(...), $value->getArrayCopy())) : $value;
    }
}
