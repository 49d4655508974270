<?php

declare(strict_types=1);

namespace Durable\Options;

/** Values in sentences. */
final class Shown
{
    private const CHARACTERS_MAX = 100;

    /** Whatever it is, short enough for a sentence. */
    public static function text(mixed $value): string
    {
        $text = match (true) {
            $value instanceof \Closure => 'a function',
            is_object($value) && !$value instanceof \JsonSerializable => 'an object of ' . $value::class,
            is_resource($value) => 'a resource',
            default => json_encode($value, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE)
                ?: get_debug_type($value),
        };
        return mb_strlen($text) > self::CHARACTERS_MAX ? mb_substr($text, 0, self::CHARACTERS_MAX) . '...' : $text;
    }
}
