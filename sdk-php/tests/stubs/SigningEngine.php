<?php

declare(strict_types=1);

namespace Durable\Tests\stubs;

use Durable\Transport\Reply;
use Durable\Transport\Transport;
use Durable\Transport\TransportFailed;
use Durable\Wire\Secret;
use Durable\Wire\Signature;

/** What a dispatch asks an engine, and what that answers: signed, unless it shall not be. */
final class SigningEngine implements Transport
{
    /** @var list<array{path: string, body: array<string, mixed>, isSigned: bool}> */
    public array $asked = [];

    /**
     * @param \Closure(string, array<string, mixed>): mixed $answer Given the last part of the path and the body: what is answered, an
     *     array with `status` and `code` for a problem, or null for silence.
     */
    public function __construct(private readonly string $secret, private readonly \Closure $answer, private readonly bool $signs = true)
    {
    }

    public function send(string $method, string $url, array $headers, string $body, float $timeoutS): Reply
    {
        $path = (string) parse_url($url, PHP_URL_PATH);
        $key = Secret::parse($this->secret);
        $read = json_decode($body, true);
        $isSigned = Signature::verify(
            [$key->forReplies()],
            $headers['webhook-id'],
            (int) $headers['webhook-timestamp'],
            $body,
            $headers['webhook-signature'],
        );
        $this->asked[] = ['path' => $path, 'body' => $read, 'isSigned' => $isSigned];
        $answer = ($this->answer)(basename($path), $read);
        if ($answer === null) {
            throw new TransportFailed('silence');
        }
        if (is_array($answer) && isset($answer['status'], $answer['code'])) {
            return new Reply($answer['status'], [], (string) json_encode($answer));
        }
        $text = is_string($answer) ? $answer : (string) json_encode($answer);
        $now = time();
        $id = $headers['webhook-id'];
        return new Reply(200, $this->signs ? [
            'webhook-id' => $id,
            'webhook-timestamp' => (string) $now,
            'webhook-signature' => Signature::sign($key, $id, $now, $text),
        ] : [], $text);
    }
}
