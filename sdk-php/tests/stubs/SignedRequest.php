<?php

declare(strict_types=1);

namespace Durable\Tests\stubs;

use Durable\Wire\Secret;
use Durable\Wire\Signature;

/** What an engine sends: bytes, and the headers that sign them. */
final class SignedRequest
{
    private function __construct(public readonly string $body, public readonly array $headers, private readonly string $id)
    {
    }

    public static function of(array $message): self
    {
        $body = (string) json_encode($message, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES);
        $id = 'dsp_' . bin2hex(random_bytes(8));
        $timestampS = time();
        return new self($body, [
            'Content-Type' => 'application/json',
            'Durable-Protocol' => '1',
            'Webhook-Id' => $id,
            'Webhook-Timestamp' => (string) $timestampS,
            'Webhook-Signature' => Signature::sign(Secret::parse(Secret::DEV), $id, $timestampS, $body),
        ], $id);
    }

    /** A run of `$fn` that begins. */
    public static function invoke(string $app, string $fn, mixed $data): self
    {
        return self::of([
            'type' => 'invoke',
            'app' => $app,
            'fn' => $fn,
            'rev' => '1',
            'run' => ['id' => 'run_1', 'started_at' => '2026-01-01T00:00:00.000Z'],
            'task' => ['kind' => 'advance', 'fence' => 'f1'],
            'input' => ['event' => ['id' => 'evt_1', 'name' => 'asked', 'data' => $data, 'time' => '2026-01-01T00:00:00.000Z']],
            'memo' => [],
            'memo_next' => null,
            'attempts' => (object) [],
            'budget' => ['ms' => 25_000, 'steps' => 1],
        ]);
    }

    /** Whether an answer to it has the app's signature, and is an answer to it. @param callable(string): string $header */
    public function isAnsweredBy(callable $header, string $body): bool
    {
        $key = Secret::parse(Secret::DEV)->forReplies();
        return $header('webhook-id') === $this->id
            && Signature::verify([$key], $this->id, (int) $header('webhook-timestamp'), $body, $header('webhook-signature'));
    }
}
