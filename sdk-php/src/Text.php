<?php

declare(strict_types=1);

namespace Durable;

/** Text that can travel. */
final class Text
{
    private const REPLACEMENT = "\u{fffd}";

    /** Whether it is UTF-8 without NUL, which nobody can keep. */
    public static function canTravel(string $text): bool
    {
        return mb_check_encoding($text, 'UTF-8') && !str_contains($text, "\0");
    }

    /** At most so many bytes of UTF-8, without NUL. */
    public static function cut(string $text, int $bytesMax): string
    {
        if (!mb_check_encoding($text, 'UTF-8')) {
            $before = mb_substitute_character();
            mb_substitute_character(0xfffd);
            $text = mb_convert_encoding($text, 'UTF-8', 'UTF-8');
            mb_substitute_character($before);
        }
        $text = str_replace("\0", self::REPLACEMENT, $text);
        return strlen($text) <= $bytesMax ? $text : mb_strcut($text, 0, $bytesMax - 3, 'UTF-8') . '...';
    }
}
