<?php

declare(strict_types=1);

namespace Durable\Http;

/**
 * Answers when PHP ends in the middle of a request: by a fatal error, `exit()`, its memory or its time being used up. Without
 * it the engine would see an empty 200, or HTML.
 */
final class LastWords
{
    /** Given back when memory is used up, so that there is some to answer with. */
    private ?string $reserve;
    private bool $isOver = false;
    /** @var (\Closure(string): Response)|null */
    private ?\Closure $answer = null;

    public function __construct()
    {
        $this->reserve = str_repeat("\0", 262_144);
        register_shutdown_function($this->speak(...));
    }

    /** @param (\Closure(string): Response)|null $answer Given why PHP ended. */
    public function watch(?\Closure $answer): void
    {
        $this->answer = $answer;
    }

    /** The request is answered. */
    public function over(): void
    {
        $this->isOver = true;
        $this->reserve = null;
    }

    /** For a framework that answers a fatal error by itself: what it shall say, and nothing that was printed before. */
    public function instead(): Response
    {
        $this->over();
        while (ob_get_level() > 0) {
            ob_end_clean();
        }
        return $this->responseFor(self::why());
    }

    private function speak(): void
    {
        if (!$this->isOver) {
            $this->instead()->send();
        }
    }

    private function responseFor(string $why): Response
    {
        $internal = Problem::of('internal', 'PHP ended in the middle of this request. The log of the app says more.');
        try {
            return $this->answer === null ? $internal : ($this->answer)($why);
        } catch (\Throwable) {
            return $internal;
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
