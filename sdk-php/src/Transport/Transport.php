<?php

declare(strict_types=1);

namespace Durable\Transport;

/** Sends requests to the engine. */
interface Transport
{
    /**
     * One request and its answer, whatever the status. Redirects are not followed: what was signed is sent nowhere else.
     *
     * @param array<string, string> $headers
     * @throws TransportFailed when there is no answer.
     */
    public function send(string $method, string $url, array $headers, string $body, float $timeoutS): Reply;
}
