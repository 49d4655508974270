<?php

declare(strict_types=1);

namespace Durable\Json;

use Durable\Exception\NonRetriableError;
use Durable\Exception\ValueTooLargeError;
use Durable\Options\Shown;
use Durable\Wire\Instant;
use Durable\Wire\Limits;

/** Values of users' code as the JSON that is kept and comes back. */
final class Value
{
    /** Messages wrap values in a few levels of their own; a value may use the rest of the hundred. */
    private const DEPTH_MAX = 90;
    private const MIB = 1_048_576;

    /**
     * @param string $subject How a sentence about it begins: `Step "charge" returned`.
     * @throws NonRetriableError when JSON cannot hold it or no engine would take it: the next attempt would not change it.
     * @throws ValueTooLargeError when it has more than `$bytesMax` bytes.
     */
    public static function toJson(
        string $subject,
        mixed $value,
        int $bytesMax = Limits::VALUE_BYTES_MAX,
        string $instead = 'Store it elsewhere and pass a reference.',
    ): RawJson {
        $text = JsonWriter::encode(self::plain($subject, $value, 0), self::DEPTH_MAX + 1);
        if ($text === false) {
            throw new NonRetriableError("{$subject} something JSON cannot hold: " . json_last_error_msg() . '.');
        }
        self::check($subject, $text, $bytesMax, $instead);
        return new RawJson($text);
    }

    /**
     * JSON text that is written already.
     *
     * @throws NonRetriableError when no engine would take it.
     * @throws ValueTooLargeError when it has more than `$bytesMax` bytes.
     */
    public static function check(string $subject, string $text, int $bytesMax, string $instead): void
    {
        $bytes = strlen($text);
        if ($bytes > $bytesMax) {
            $limit = $bytesMax < self::MIB ? ($bytesMax / 1_024) . ' KiB' : ($bytesMax / self::MIB) . ' MiB';
            throw new ValueTooLargeError("{$subject} more than {$limit} of JSON ({$bytes} bytes). {$instead}");
        }
        if (!self::isSurelyReadable($text)) {
            self::refuseUnreadable($subject, $text);
        }
    }

    /** The value as a replay brings it back. */
    public static function of(RawJson $json): mixed
    {
        return JsonReader::value($json->text);
    }

    /** What PHP's own writer would take for something else, or for nothing at all. */
    private static function plain(string $subject, mixed $value, int $depth): mixed
    {
        if (is_array($value)) {
            // PHP's own writer looks at the depth when it has been at the end, which some have not.
            if ($depth > self::DEPTH_MAX) {
                throw self::tooDeep($subject);
            }
            foreach ($value as $at => $each) {
                if (is_array($each) || is_object($each) || is_resource($each)) {
                    $value[$at] = self::plain($subject, $each, $depth + 1);
                }
            }
            return $value;
        }
        if ($value instanceof \DateTimeInterface) {
            return Instant::format(Instant::epochMs($value));
        }
        if ($value instanceof \JsonSerializable) {
            return self::plain($subject, self::said($subject, $value), $depth);
        }
        if ($value instanceof \ArrayObject) {
            return self::plain($subject, $value->getArrayCopy(), $depth);
        }
        if ($value instanceof \Traversable) {
            throw new NonRetriableError(
                "{$subject} an iterator, a generator or a collection that does not say its own JSON, and nothing would be kept of it. "
                . 'Make an array of it with iterator_to_array.',
            );
        }
        if ($value instanceof \Closure || is_resource($value)) {
            throw new NonRetriableError("{$subject} " . Shown::text($value) . ', which JSON cannot hold.');
        }
        if ($value instanceof \stdClass) {
            return (object) self::plain($subject, (array) $value, $depth);
        }
        if (is_object($value) && !$value instanceof \UnitEnum) {
            return (object) self::plain($subject, get_object_vars($value), $depth);
        }
        return $value;
    }

    /** What an object says of itself; its public properties where that is itself. */
    private static function said(string $subject, \JsonSerializable $value): mixed
    {
        for ($said = $value, $times = 0; $said instanceof \JsonSerializable; $times += 1) {
            if ($times > self::DEPTH_MAX) {
                throw self::tooDeep($subject);
            }
            $before = $said;
            $said = $before->jsonSerialize();
            if ($said === $before) {
                return (object) get_object_vars($before);
            }
        }
        return $said;
    }

    private static function tooDeep(string $subject): NonRetriableError
    {
        return new NonRetriableError("{$subject} something JSON cannot hold: it is nested deeper than " . self::DEPTH_MAX . '.');
    }

    /** Too short for long names or very many of them, and without an escaped character. */
    private static function isSurelyReadable(string $text): bool
    {
        return strlen($text) <= Limits::JSON_KEY_BYTES_MAX && !str_contains($text, '\\u');
    }

    /** The engine reads strictly: no NUL, and bounds on members and their names. */
    private static function refuseUnreadable(string $subject, string $text): void
    {
        try {
            JsonReader::read("{\"v\":{$text}}", str_contains($text, '\\u') ? ['v'] : [], false);
        } catch (JsonProblem $problem) {
            $sentence = $problem->problem === 'unsupported-character'
                ? 'Text with the character NUL is no text: encode bytes as base64.'
                : (string) preg_replace('/ \(byte \d+\)$/', '', $problem->getMessage());
            throw new NonRetriableError("{$subject} something that cannot be kept. {$sentence}");
        }
    }
}
