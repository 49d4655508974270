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
    /** @var \WeakMap<ExceptionHandler, true>|null */
    private static ?\WeakMap $told = null;

    public function __invoke(Request $request, Handler $handler, ExceptionHandler $exceptions): Response
    {
        // In a worker (Octane) what would be printed at its end reaches nobody.
        $lastWords = PHP_SAPI === 'cli' ? null : LastWords::begin();
        if ($lastWords !== null) {
            self::rendersFatalErrors($exceptions);
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
     * Laravel renders a fatal error itself, before anybody else is asked, and the engine would get a page of HTML. It is told once
     * of each: what it is told it keeps, and it may outlive the request.
     */
    private static function rendersFatalErrors(ExceptionHandler $exceptions): void
    {
        self::$told ??= new \WeakMap();
        if (!isset(self::$told[$exceptions]) && method_exists($exceptions, 'renderable')) {
            self::$told[$exceptions] = true;
            $exceptions->renderable(static function (FatalError $error): ?Response {
                $lastWords = LastWords::current();
                return $lastWords === null ? null : self::response($lastWords->instead());
            });
        }
    }

    private static function response(Answer $answer): Response
    {
        return new Response($answer->body, $answer->status, $answer->headers);
    }
}
