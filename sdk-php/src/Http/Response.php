<?php

declare(strict_types=1);

namespace Durable\Http;

/** What is answered, for whatever sends it. */
final class Response
{
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
        http_response_code($this->status);
        foreach ($this->headers as $name => $value) {
            header("{$name}: {$value}");
        }
        header('content-length: ' . strlen($this->body));
        echo $this->body;
    }
}
