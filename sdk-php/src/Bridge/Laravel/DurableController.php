<?php

declare(strict_types=1);

namespace Durable\Bridge\Laravel;

use Durable\Http\Handler;
use Durable\Http\LastWords;
use Durable\Http\Response as Answer;
use Illuminate\Contracts\Debug\ExceptionHandler;
use Illuminate\Http\Request;
use Illuminate\Http\Response;
use Symfony\Component\ErrorHandler\Error\FatalError;

/** Answers the engine. */
final class DurableController
{
    public function __invoke(Request $request, Handler $handler, ExceptionHandler $exceptions): Response
    {
        $lastWords = self::lastWords($exceptions);
        if ($lastWords !== null) {
            $handler->watchedBy($lastWords);
        }
        try {
            return self::response($handler->handle(
                // Not what a header or a field says that it shall be taken for.
                $request->getRealMethod(),
                $request->headers->all(),
                $request->getContent(),
                // Not what a proxy says that it speaks for: who is connected counts.
                $request->server('REMOTE_ADDR'),
            ));
        } finally {
            $lastWords?->over();
        }
    }

    /**
     * Laravel renders a fatal error itself, before anybody else is asked, and the engine would get a page of HTML. None is
     * needed in a worker (Octane): what it would print when it ends reaches nobody.
     */
    private static function lastWords(ExceptionHandler $exceptions): ?LastWords
    {
        if (PHP_SAPI === 'cli') {
            return null;
        }
        $lastWords = new LastWords();
        if (method_exists($exceptions, 'renderable')) {
            $exceptions->renderable(static fn (FatalError $error): Response => self::response($lastWords->instead()));
        }
        return $lastWords;
    }

    private static function response(Answer $answer): Response
    {
        return new Response($answer->body, $answer->status, $answer->headers);
    }
}
