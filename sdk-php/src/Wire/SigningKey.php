<?php

declare(strict_types=1);

namespace Durable\Wire;

/** A key to sign with. Its bytes show in no dump, no log and no JSON. */
final class SigningKey
{
    /** @param \Closure(): string $bytes */
    private function __construct(private readonly \Closure $bytes)
    {
    }

    public static function of(#[\SensitiveParameter] string $bytes): self
    {
        return new self(static fn (): string => $bytes);
    }

    public function mac(string $text): string
    {
        return hash_hmac('sha256', $text, ($this->bytes)(), true);
    }

    /** The key of the other direction, so that a request can never be sent back to the engine as the app's word. */
    public function forReplies(): self
    {
        return self::of($this->mac('durable/v1/reply'));
    }

    /** What a token of a run is sealed with: it is shown to the world, so it signs nothing else. */
    public function forTokens(): self
    {
        return self::of($this->mac('durable/v1/token'));
    }

    /** What a run token is sealed with: it is in the hands of end users. */
    public function forRunTokens(): self
    {
        return self::of($this->mac('durable/v1/run-token'));
    }

    /** @internal For tests with the protocol's vectors. */
    public function hex(): string
    {
        return bin2hex(($this->bytes)());
    }

    /** @return array<string, string> */
    public function __debugInfo(): array
    {
        return ['key' => 'hidden'];
    }

    /** @return never */
    public function __serialize(): array
    {
        throw new \LogicException('A signing key is not serialised.');
    }
}
