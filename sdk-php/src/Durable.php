<?php

declare(strict_types=1);

namespace Durable;

use Durable\Execution\OutputBuffers;
use Durable\Http\Handler;
use Durable\Http\LastWords;
use Durable\Transport\Transport;
use Durable\Wire\Limits;
use Psr\Log\LoggerInterface;

/** Serves functions in plain PHP: one call in one file, at the route that the engine was told of. */
final class Durable
{
    /**
     * Reads the request, answers it and sends the answer.
     *
     * @param iterable<DurableFunction|object> $functions
     * @param string|list<string>|\Closure|null $secret See Http\Handler for all of them.
     * @throws Exception\InvalidDefinition when the functions cannot be served.
     */
    public static function serve(
        string $app,
        iterable $functions,
        #[\SensitiveParameter] string|array|\Closure|null $secret = null,
        ?string $url = null,
        int|float|string|\DateInterval|null $maxDuration = null,
        ?string $deployment = null,
        ?LoggerInterface $logger = null,
        ?Transport $transport = null,
    ): void {
        $lastWords = LastWords::begin();
        // Warnings and notices that are displayed are no part of the answer either.
        $buffers = OutputBuffers::swallow();
        $handler = new Handler($app, $functions, $secret, $url, $maxDuration, $deployment, $logger, $transport);
        $handler->watchedBy($lastWords);
        // One byte more than is allowed tells that it is too much.
        $body = (string) file_get_contents('php://input', false, null, 0, Limits::REQUEST_BYTES_MAX + 1);
        $response = $handler->handle(
            $_SERVER['REQUEST_METHOD'] ?? 'GET',
            self::headers($_SERVER),
            $body,
            $_SERVER['REMOTE_ADDR'] ?? null,
        );
        OutputBuffers::dropAbove($buffers);
        $lastWords->over();
        $response->send();
    }

    /**
     * @param array<array-key, mixed> $server
     * @return array<string, string>
     */
    private static function headers(array $server): array
    {
        $headers = [];
        foreach ($server as $name => $value) {
            if (!is_string($value)) {
                continue;
            }
            if (str_starts_with((string) $name, 'HTTP_')) {
                $headers[strtolower(strtr(substr((string) $name, 5), '_', '-'))] = $value;
            } elseif ($name === 'CONTENT_TYPE' || $name === 'CONTENT_LENGTH') {
                $headers[strtolower(strtr($name, '_', '-'))] = $value;
            }
        }
        return $headers;
    }
}
