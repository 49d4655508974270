<?php

declare(strict_types=1);

namespace Durable\Http;

use Durable\Wire\Limits;
use Psr\Http\Message\ResponseFactoryInterface;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Message\StreamFactoryInterface;
use Psr\Http\Message\StreamInterface;
use Psr\Http\Server\RequestHandlerInterface;

/**
 * Serves functions in whatever speaks PSR-15 (Slim, Mezzio, ..): mount it at the route for every method, in front of nothing
 * that changes the body, and without CSRF or sessions.
 */
final class Psr15Handler implements RequestHandlerInterface
{
    private const PIECE_BYTES = 65_536;

    public function __construct(
        private readonly Handler $handler,
        private readonly ResponseFactoryInterface $responses,
        private readonly StreamFactoryInterface $streams,
    ) {
    }

    public function handle(ServerRequestInterface $request): ResponseInterface
    {
        $lastWords = self::lastWords();
        if ($lastWords !== null) {
            $this->handler->watchedBy($lastWords);
        }
        try {
            $answer = $this->handler->handle(
                $request->getMethod(),
                $request->getHeaders(),
                self::bytes($request->getBody()),
                $request->getServerParams()['REMOTE_ADDR'] ?? null,
            );
        } finally {
            $lastWords?->over();
        }
        $response = $this->responses->createResponse($answer->status);
        foreach ($answer->headers as $name => $value) {
            $response = $response->withHeader($name, $value);
        }
        return $response->withBody($this->streams->createStream($answer->body));
    }

    /** None in a worker (RoadRunner, Swoole): what it would print when it ends reaches nobody. */
    private static function lastWords(): ?LastWords
    {
        return PHP_SAPI === 'cli' ? null : LastWords::begin();
    }

    /** From its first byte on: a middleware may have read it. One byte more than is allowed tells that it is too much. */
    private static function bytes(StreamInterface $body): string
    {
        if ($body->isSeekable()) {
            $body->rewind();
        }
        $bytes = '';
        while (!$body->eof() && strlen($bytes) <= Limits::REQUEST_BYTES_MAX) {
            $bytes .= $body->read(self::PIECE_BYTES);
        }
        return $bytes;
    }
}
