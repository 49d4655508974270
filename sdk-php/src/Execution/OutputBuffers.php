<?php

declare(strict_types=1);

namespace Durable\Execution;

/** What code prints is no part of any answer. */
final class OutputBuffers
{
    /**
     * From here on what is printed goes nowhere, also when code sends on what is in the buffer.
     *
     * @return int The level to go back to.
     */
    public static function swallow(): int
    {
        $level = ob_get_level();
        ob_start(static fn (): string => '');
        return $level;
    }

    /** What code has opened above this level is dropped, with what is in it. A buffer that cannot be dropped (flags of ob_start) stays. */
    public static function dropAbove(int $level): void
    {
        while (ob_get_level() > $level && @ob_end_clean()) {
        }
    }

    /** What was printed above this level, in one text; the buffers are gone. */
    public static function takeAbove(int $level): string
    {
        while (ob_get_level() > $level + 1 && @ob_end_flush()) {
        }
        $printed = ob_get_level() === $level + 1 ? (string) ob_get_clean() : '';
        self::dropAbove($level);
        return $printed;
    }
}
