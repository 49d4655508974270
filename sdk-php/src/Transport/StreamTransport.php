<?php

declare(strict_types=1);

namespace Durable\Transport;

use Durable\Clock;

/** Sends with PHP's own streams, where there is no ext-curl. */
final class StreamTransport implements Transport
{
    private const PIECE_BYTES = 65_536;

    public function send(string $method, string $url, array $headers, string $body, float $timeoutS): Reply
    {
        $untilMs = Clock::monotonicMs() + $timeoutS * 1_000;
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
        error_clear_last();
        $stream = @fopen($url, 'r', false, $context);
        if ($stream === false) {
            throw new TransportFailed(error_get_last()['message'] ?? 'no answer');
        }
        try {
            return self::reply(stream_get_meta_data($stream)['wrapper_data'] ?? [], self::read($stream, $untilMs));
        } finally {
            fclose($stream);
        }
    }

    /**
     * To its end, or until the time is over: PHP's own timeout begins anew with each piece.
     *
     * @param resource $stream
     */
    private static function read($stream, float $untilMs): string
    {
        $answer = '';
        while (!feof($stream)) {
            $leftMs = (int) ceil($untilMs - Clock::monotonicMs());
            if ($leftMs <= 0) {
                throw new TransportFailed('no whole answer in time');
            }
            stream_set_timeout($stream, intdiv($leftMs, 1_000), $leftMs % 1_000 * 1_000);
            $piece = fread($stream, self::PIECE_BYTES);
            if ($piece === false || stream_get_meta_data($stream)['timed_out']) {
                throw new TransportFailed('no whole answer in time');
            }
            $answer .= $piece;
        }
        return $answer;
    }

    /** @param list<string> $head */
    private static function reply(array $head, string $answer): Reply
    {
        if (preg_match('~^HTTP/\S+ (\d{3})~', $head[0] ?? '', $status) !== 1) {
            throw new TransportFailed('no answer');
        }
        $received = [];
        foreach (array_slice($head, 1) as $line) {
            $parts = explode(':', $line, 2);
            if (count($parts) === 2) {
                $received[strtolower(trim($parts[0]))] = trim($parts[1]);
            }
        }
        if (strlen($answer) < (int) ($received['content-length'] ?? 0)) {
            throw new TransportFailed('the line broke in the middle of the answer');
        }
        return new Reply((int) $status[1], $received, $answer);
    }
}
