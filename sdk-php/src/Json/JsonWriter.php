<?php

declare(strict_types=1);

namespace Durable\Json;

/** Writes messages. */
final class JsonWriter
{
    private const FLAGS = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_LINE_TERMINATORS
        | JSON_PRESERVE_ZERO_FRACTION;

    /** The JSON of a PHP value, or false. */
    public static function encode(mixed $value, int $depthMax = 512): string|false
    {
        // Whatever this is set to, a float is written so that it reads back the same.
        $precision = ini_get('serialize_precision');
        if ($precision === '-1' || $precision === false) {
            return json_encode($value, self::FLAGS, $depthMax);
        }
        ini_set('serialize_precision', '-1');
        try {
            return json_encode($value, self::FLAGS, $depthMax);
        } finally {
            ini_set('serialize_precision', $precision);
        }
    }

    /**
     * A message: members that are RawJson are written as the text they keep.
     *
     * @throws \LogicException when it holds what JSON cannot: text that is no UTF-8, an infinite number.
     */
    public static function write(mixed $value): string
    {
        if ($value instanceof RawJson) {
            return $value->text;
        }
        if (is_array($value)) {
            return array_is_list($value) ? self::list($value) : self::object($value);
        }
        $text = self::encode($value);
        if ($text === false) {
            throw new \LogicException('A message holds what JSON cannot: ' . json_last_error_msg());
        }
        return $text;
    }

    /** @param list<mixed> $values */
    private static function list(array $values): string
    {
        return '[' . implode(',', array_map(self::write(...), $values)) . ']';
    }

    /** @param array<array-key, mixed> $members */
    private static function object(array $members): string
    {
        $text = '';
        foreach ($members as $name => $value) {
            $text .= ($text === '' ? '' : ',') . self::write((string) $name) . ':' . self::write($value);
        }
        return "{{$text}}";
    }
}
