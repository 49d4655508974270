<?php

declare(strict_types=1);

namespace Durable\Wire;

/**
 * Standard Webhooks, scheme v1: HMAC-SHA256 over `id.timestamp.body`. The body is signed as the bytes that it is; nothing
 * is ever written again.
 */
final class Signature
{
    private const ENTRY_PREFIX = 'v1,';

    /** One entry of the header `webhook-signature`. */
    public static function sign(SigningKey $key, string $id, int $timestampS, string $body): string
    {
        if (!self::canBeSigned($id, $timestampS)) {
            throw new \InvalidArgumentException('A signature needs an id without a dot and a timestamp in whole seconds.');
        }
        return self::ENTRY_PREFIX . base64_encode($key->mac("{$id}.{$timestampS}.{$body}"));
    }

    /**
     * Whether any `v1` entry of the header was made by any of the keys over exactly these bytes. It does not look at the
     * clock: see `isInTime`.
     *
     * @param iterable<SigningKey> $keys
     */
    public static function verify(iterable $keys, string $id, int $timestampS, string $body, string $header): bool
    {
        if (strlen($header) > Limits::SIGNATURE_HEADER_CHARACTERS_MAX || !self::canBeSigned($id, $timestampS)) {
            return false;
        }
        $entries = array_filter(
            explode(' ', $header),
            static fn (string $entry): bool => str_starts_with($entry, self::ENTRY_PREFIX),
        );
        $isValid = false;
        foreach ($keys as $key) {
            $expected = self::sign($key, $id, $timestampS, $body);
            foreach ($entries as $entry) {
                // Text is compared, not decoded bytes: base64 of 32 bytes has spare bits, and only one spelling is the signature.
                $isValid = hash_equals($expected, $entry) || $isValid;
            }
        }
        return $isValid;
    }

    /** Reads the header `webhook-timestamp`; null when it is no plain whole number. */
    public static function timestampS(string $header): ?int
    {
        return preg_match('/^(?:0|[1-9][0-9]{0,11})$/D', $header) === 1 ? (int) $header : null;
    }

    /** Whether a signed timestamp is near enough to the receiver's clock, to either side. */
    public static function isInTime(int $timestampS, int $nowS): bool
    {
        return abs($nowS - $timestampS) <= Limits::TIMESTAMP_TOLERANCE_S;
    }

    /** A dot in the id would let one signature fit two splits of the same text. */
    private static function canBeSigned(string $id, int $timestampS): bool
    {
        return $id !== '' && !str_contains($id, '.') && $timestampS >= 0;
    }
}
