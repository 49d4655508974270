<?php

declare(strict_types=1);

namespace Durable\Wire;

/** Which names steps may have. */
final class StepName
{
    private const PLAIN = '/^[\x20-\x7e]+$/D';
    /** Marks that combine with what stands before them, the parts of Hangul, and characters that have another spelling. */
    private const PERHAPS_NOT_NFC = '/[\p{M}\x{1100}-\x{11FF}\x{212A}\x{212B}\x{2126}\x{1F71}-\x{1FFD}\x{F900}-\x{FAFF}]/u';

    /** Null when it may name a step; otherwise a sentence that says why not. */
    public static function problem(string $name): ?string
    {
        if ($name === '') {
            return "A step's name must not be empty.";
        }
        $bytes = strlen($name);
        if (preg_match(self::PLAIN, $name) !== 1) {
            if (!mb_check_encoding($name, 'UTF-8')) {
                return "A step's name must be valid UTF-8.";
            }
            if (preg_match('/\p{Cc}/u', $name) === 1) {
                return "A step's name must not contain control characters.";
            }
            if (!self::isNfc($name)) {
                return "A step's name must be in Unicode form NFC, so that it has one id; use Normalizer::normalize(\$name).";
            }
        }
        return $bytes > Limits::STEP_NAME_BYTES_MAX
            ? sprintf("A step's name must not be longer than %d bytes; this one has %d.", Limits::STEP_NAME_BYTES_MAX, $bytes)
            : null;
    }

    /** Without ext-intl nobody can tell exactly: then what may be another form is refused. */
    private static function isNfc(string $name): bool
    {
        return class_exists(\Normalizer::class)
            ? \Normalizer::isNormalized($name)
            : preg_match(self::PERHAPS_NOT_NFC, $name) !== 1;
    }
}
