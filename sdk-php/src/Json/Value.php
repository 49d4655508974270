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
        $bytes = strlen($text);
        if ($bytes > $bytesMax) {
            $limit = $bytesMax < self::MIB ? ($bytesMax / 1_024) . ' KiB' : ($bytesMax / self::MIB) . ' MiB';
            throw new ValueTooLargeError("{$subject} more than {$limit} of JSON ({$bytes} bytes). {$instead}");
        }
        if (!self::isSurelyReadable($text)) {
            self::refuseUnreadable($subject, $text);
        }
        return new RawJson($text);
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
            if ($depth <= self::DEPTH_MAX) {
                foreach ($value as $at => $each) {
                    if (is_array($each) || is_object($each) || is_resource($each)) {
                        $value[$at] = self::plain($subject, $each, $depth + 1);
                    }
                }
            }
            return $value;
        }
        if ($value instanceof \Traversable && !$value instanceof \JsonSerializable && !$value instanceof \ArrayAccess) {
            throw new NonRetriableError(
                "{$subject} an iterator or a generator, and JSON keeps nothing of one. Make an array of it with iterator_to_array.",
            );
        }
        if ($value instanceof \DateTimeInterface) {
            return Instant::format((int) floor((float) $value->format('U') * 1_000 + (int) $value->format('v')));
        }
        if ($value instanceof \Closure || is_resource($value)) {
            throw new NonRetriableError("{$subject} " . Shown::text($value) . ', which JSON cannot hold.');
        }
        if ($value instanceof \stdClass) {
            return (object) self::plain($subject, (array) $value, $depth);
        }
        if (is_object($value) && !$value instanceof \JsonSerializable && !$value instanceof \UnitEnum) {
            $members = get_object_vars($value);
            return (object) self::plain($subject, $members, $depth);
        }
        return $value;
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
