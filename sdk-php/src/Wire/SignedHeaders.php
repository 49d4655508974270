<?php

declare(strict_types=1);

namespace Durable\Wire;

/** What is said of a message so that whoever gets it may believe it: its id, when it was signed, and the signatures. */
final class SignedHeaders
{
    private const ID = 'webhook-id';
    private const TIMESTAMP = 'webhook-timestamp';
    private const SIGNATURE = 'webhook-signature';

    private function __construct(
        public readonly string $id,
        private readonly int $timestampS,
        private readonly string $signatures,
    ) {
    }

    /** Of a message that is sent now. */
    public static function sign(SigningKey $key, string $id, string $body): self
    {
        $nowS = time();
        return new self($id, $nowS, Signature::sign($key, $id, $nowS, $body));
    }

    /**
     * As they came; null when one is missing or is none.
     *
     * @param array<string, string> $headers With names in lower case.
     */
    public static function read(array $headers): ?self
    {
        $id = $headers[self::ID] ?? '';
        $timestampS = Signature::timestampS($headers[self::TIMESTAMP] ?? '');
        $signatures = $headers[self::SIGNATURE] ?? '';
        return $id === '' || $timestampS === null || $signatures === '' ? null : new self($id, $timestampS, $signatures);
    }

    /** Whether who has the key has signed exactly these bytes, just now. */
    public function areOf(SigningKey $key, string $body): bool
    {
        return Signature::isInTime($this->timestampS, time())
            && Signature::verify([$key], $this->id, $this->timestampS, $body, $this->signatures);
    }

    /** @return array<string, string> With names in lower case. */
    public function toArray(): array
    {
        return [self::ID => $this->id, self::TIMESTAMP => (string) $this->timestampS, self::SIGNATURE => $this->signatures];
    }
}
