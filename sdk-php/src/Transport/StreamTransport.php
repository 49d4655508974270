<?php

declare(strict_types=1);

namespace Durable\Transport;

/** Sends with PHP's own streams, where there is no ext-curl. */
final class StreamTransport implements Transport
{
    public function send(string $method, string $url, array $headers, string $body, float $timeoutS): Reply
    {
        $lines = ['connection: close'];
        foreach ($headers as $name => $value) {
            $lines[] = "{$name}: {$value}";
        }
        $context = stream_context_create(['http' => [
            'method' => $method,
            'header' => implode("\r\n", $lines),
            'content' => $body,
            'timeout' => $timeoutS,
            'ignore_errors' => true,
            'follow_location' => 0,
            'protocol_version' => 1.1,
        ]]);
        $stream = @fopen($url, 'r', false, $context);
        if ($stream === false) {
            throw new TransportFailed(error_get_last()['message'] ?? 'no answer');
        }
        $answer = stream_get_contents($stream);
        $meta = stream_get_meta_data($stream);
        fclose($stream);
        $head = $meta['wrapper_data'] ?? [];
        if ($answer === false || $meta['timed_out'] || preg_match('~^HTTP/\S+ (\d{3})~', $head[0] ?? '', $status) !== 1) {
            throw new TransportFailed('no answer in time');
        }
        $received = [];
        foreach (array_slice($head, 1) as $line) {
            $parts = explode(':', $line, 2);
            if (count($parts) === 2) {
                $received[strtolower(trim($parts[0]))] = trim($parts[1]);
            }
        }
        return new Reply((int) $status[1], $received, $answer);
    }
}
