<?php

declare(strict_types=1);

namespace Durable\Wire;

use Durable\Exception\InvalidSecret;

/** Signing secrets as people write them: `whsec_` and base64 of 24 to 64 bytes, several separated by white space. */
final class Secret
{
    /**
     * Used by both sides in dev mode on loopback, where nobody was asked for a secret. It is public: it keeps one code path
     * (everything is always signed) and protects nothing.
     */
    public const DEV = 'whsec_ZHVyYWJsZSBkZXYgbW9kZSwgcHVibGljLCBub3QgYSBzZWNyZXQ=';

    private const PREFIX = 'whsec_';
    private const BASE64 = '~^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$~D';
    private const HOW_TO_MAKE_ONE = 'Make one with: echo whsec_$(openssl rand -base64 32)';

    /** @throws InvalidSecret with what to do; it never contains the secret. */
    public static function parse(#[\SensitiveParameter] string $text): SigningKey
    {
        if (!str_starts_with($text, self::PREFIX)) {
            throw new InvalidSecret('A signing secret must begin with "whsec_". ' . self::HOW_TO_MAKE_ONE);
        }
        $encoded = substr($text, strlen(self::PREFIX));
        if (preg_match(self::BASE64, $encoded) !== 1) {
            throw new InvalidSecret(
                'A signing secret must be "whsec_" followed by plain base64 (A-Z a-z 0-9 + /); this one has other '
                . 'characters or is cut short. Copy it again, or make a new one. ' . self::HOW_TO_MAKE_ONE,
            );
        }
        $bytes = (string) base64_decode($encoded, true);
        $count = strlen($bytes);
        if ($count < Limits::SECRET_BYTES_MIN || $count > Limits::SECRET_BYTES_MAX) {
            throw new InvalidSecret(sprintf(
                'A signing secret must hold %d to %d bytes; this one holds %d. %s',
                Limits::SECRET_BYTES_MIN,
                Limits::SECRET_BYTES_MAX,
                $count,
                self::HOW_TO_MAKE_ONE,
            ));
        }
        return SigningKey::of($bytes);
    }

    /**
     * A list separated by white space: the first signs, all verify. So secrets rotate without downtime.
     *
     * @return non-empty-list<SigningKey>
     * @throws InvalidSecret when the list is empty or any entry is no secret; it never contains a secret.
     */
    public static function parseList(#[\SensitiveParameter] string $text): array
    {
        $entries = preg_split('/\s+/', $text, -1, PREG_SPLIT_NO_EMPTY) ?: [];
        if ($entries === []) {
            throw new InvalidSecret('There is no signing secret. ' . self::HOW_TO_MAKE_ONE);
        }
        $keys = [];
        foreach ($entries as $at => $entry) {
            try {
                $keys[] = self::parse($entry);
            } catch (InvalidSecret $problem) {
                if (count($entries) === 1) {
                    throw $problem;
                }
                throw new InvalidSecret(
                    sprintf('Entry %d of the %d signing secrets: %s', $at + 1, count($entries), $problem->getMessage()),
                );
            }
        }
        return $keys;
    }
}
