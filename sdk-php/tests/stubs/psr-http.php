<?php

// Of PSR-7, 17 and 18 what the SDK calls, where the packages are not installed.

declare(strict_types=1);

namespace Psr\Http\Message {
    if (!interface_exists(StreamInterface::class)) {
        interface StreamInterface
        {
            public function __toString(): string;
        }

        interface RequestInterface
        {
            public function withHeader(string $name, $value): RequestInterface;

            public function withBody(StreamInterface $body): RequestInterface;
        }

        interface ResponseInterface
        {
            public function getStatusCode(): int;

            /** @return array<string, list<string>> */
            public function getHeaders(): array;

            public function getBody(): StreamInterface;
        }

        interface RequestFactoryInterface
        {
            public function createRequest(string $method, $uri): RequestInterface;
        }

        interface StreamFactoryInterface
        {
            public function createStream(string $content = ''): StreamInterface;
        }
    }
}

namespace Psr\Http\Client {
    if (!interface_exists(ClientInterface::class)) {
        interface ClientExceptionInterface extends \Throwable
        {
        }

        interface ClientInterface
        {
            public function sendRequest(\Psr\Http\Message\RequestInterface $request): \Psr\Http\Message\ResponseInterface;
        }
    }
}
