<?php

declare(strict_types=1);

namespace Durable\Http;

use Durable\Execution\OutputBuffers;

/**
 * Answers when PHP ends in the middle of a request: by a fatal error, `exit()`, its memory or its time being used up. Without
 * it the engine would see an empty 200, or HTML.
 */
final class LastWords
{
    /** Of the request that is under way in this process. */
    private static ?self $current = null;
    /** A process has one end, however many requests it answers: what is registered for that is kept until then. */
    private static bool $isRegistered = false;

    /** Given back when memory is used up, so that there is some to begin with. */
    private ?string $reserve;
    /** @var (\Closure(string): Response)|null */
    private ?\Closure $answer = null;

    private function __construct()
    {
        $this->reserve = str_repeat("\0", 262_144);
    }

    /** A request begins. Whoever answers it says when it is `over`. */
    public static function begin(): self
    {
        if (!self::$isRegistered) {
            self::$isRegistered = true;
            register_shutdown_function(static fn () => self::$current?->instead()->send());
        }
        return self::$current = new self();
    }

    /** Of the request that is under way; null when there is none. */
    public static function current(): ?self
    {
        return self::$current;
    }

    /** @param (\Closure(string): Response)|null $answer Given why PHP ended. */
    public function watch(?\Closure $answer): void
    {
        $this->answer = $answer;
    }

    /** The request is answered. */
    public function over(): void
    {
        $this->reserve = null;
        $this->answer = null;
        self::$current = self::$current === $this ? null : self::$current;
    }

    /** For a framework that answers a fatal error by itself: what it shall say, and nothing that was printed before. */
    public function instead(): Response
    {
        $answer = $this->answer;
        $this->over();
        self::raiseMemoryLimit();
        OutputBuffers::dropAbove(0);
        $internal = Problem::of('internal', 'PHP ended in the middle of this request. The log of the app says more.');
        try {
            return $answer === null ? $internal : $answer(self::why());
        } catch (\Throwable) {
            return $internal;
        }
    }

    /** All that ran is told, and that may be more than what was kept in reserve. The process ends with this. */
    private static function raiseMemoryLimit(): void
    {
        if (function_exists('ini_set')) {
            @ini_set('memory_limit', '-1');
        }
    }

    private static function why(): string
    {
        $error = error_get_last();
        $isFatal = $error !== null
            && in_array($error['type'], [E_ERROR, E_PARSE, E_CORE_ERROR, E_COMPILE_ERROR, E_USER_ERROR, E_RECOVERABLE_ERROR], true);
        if (!$isFatal) {
            return 'The code ended PHP, with exit() or die().';
        }
        // What follows the first line is a stack, with paths; of a path in the first line only the last part is told.
        $message = explode("\n", $error['message'], 2)[0];
        return 'PHP ended: ' . preg_replace('~(?:[A-Za-z]:)?(?:[\\\\/][^\\\\/\\s:()]+)*[\\\\/](?=[\\w.-]+\\.\\w+)~', '', $message);
    }
}
