<?php

declare(strict_types=1);

namespace Durable\Http;

/** What is answered, for whatever sends it. */
final class Response
{
    private const REASONS = [
        200 => 'OK', 400 => 'Bad Request', 401 => 'Unauthorized', 404 => 'Not Found', 405 => 'Method Not Allowed',
        413 => 'Content Too Large', 415 => 'Unsupported Media Type', 424 => 'Failed Dependency', 500 => 'Internal Server Error',
        503 => 'Service Unavailable',
    ];

    /** @param array<string, string> $headers With names in lower case. */
    public function __construct(
        public readonly int $status,
        public readonly array $headers,
        public readonly string $body,
    ) {
    }

    /** Sends it with PHP's own functions. What was printed before is no part of it. */
    public function send(): void
    {
        if (headers_sent()) {
            // Code has sent something itself. A warning about it would only stand in the answer, too.
            echo $this->body;
            return;
        }
        // After a fatal error PHP has a status line of its own, which the status alone does not change.
        header(($_SERVER['SERVER_PROTOCOL'] ?? 'HTTP/1.1') . " {$this->status} " . (self::REASONS[$this->status] ?? 'Status'), true, $this->status);
        foreach ($this->headers as $name => $value) {
            header("{$name}: {$value}");
        }
        header('content-length: ' . strlen($this->body));
        echo $this->body;
    }
}
