<?php

declare(strict_types=1);

namespace Durable\Bridge\Symfony;

use Durable\Http\Handler;
use Durable\Http\LastWords;
use Durable\Http\Response as Answer;
use Symfony\Component\ErrorHandler\Error\FatalError;
use Symfony\Component\EventDispatcher\EventDispatcherInterface;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\HttpKernel\Event\ExceptionEvent;
use Symfony\Component\HttpKernel\KernelEvents;

/** Answers the engine. */
final class DurableController
{
    /** Before all that make pages of errors. */
    private const PRIORITY = 4_096;

    public function __construct(private readonly Handler $handler, private readonly EventDispatcherInterface $events)
    {
    }

    public function __invoke(Request $request): Response
    {
        // In a worker what would be printed at its end reaches nobody.
        $lastWords = PHP_SAPI === 'cli' ? null : LastWords::begin();
        // Symfony renders a fatal error itself, before anybody else is asked, and the engine would get a page of HTML.
        $onFatal = static function (ExceptionEvent $event) use ($lastWords): void {
            if ($lastWords !== null && $event->getThrowable() instanceof FatalError) {
                $event->allowCustomResponseCode();
                $event->setResponse(self::response($lastWords->instead()));
            }
        };
        $this->events->addListener(KernelEvents::EXCEPTION, $onFatal, self::PRIORITY);
        if ($lastWords !== null) {
            $this->handler->watchedBy($lastWords);
        }
        try {
            return self::response($this->handler->handle(
                // Not what a header or a field says that it shall be taken for.
                $request->getRealMethod(),
                $request->headers->all(),
                $request->getContent(),
                // Not what a proxy says that it speaks for: who is connected counts.
                $request->server->get('REMOTE_ADDR'),
            ));
        } finally {
            $lastWords?->over();
            $this->events->removeListener(KernelEvents::EXCEPTION, $onFatal);
        }
    }

    private static function response(Answer $answer): Response
    {
        return new Response($answer->body, $answer->status, $answer->headers);
    }
}
