<?php

declare(strict_types=1);

namespace Durable\Wire;

/** What an app gives away and the engine knows again: a text with a seal, made without asking the engine. */
final class Token
{
    private const TOKEN = '/^([A-Za-z0-9_-]{1,800})\.([A-Za-z0-9_-]{43})$/D';
    private const SUBJECT = '~^[^/]+/[^/]+/([\x21-\x7e]{1,200})$~D';

    /** Lets anybody who has it complete one wait of one run. */
    public static function forSignal(SigningKey $secret, string $app, string $env, string $signalKey): string
    {
        $subject = self::base64Url("{$app}/{$env}/{$signalKey}");
        return $subject . '.' . self::seal($secret->forTokens(), 'token', $subject);
    }

    /** The key of the signal that a token sends; null for what is none. */
    public static function signalKeyOf(string $token): ?string
    {
        if (preg_match(self::TOKEN, $token, $part) !== 1) {
            return null;
        }
        $subject = (string) base64_decode(strtr($part[1], '-_', '+/'), true);
        return preg_match(self::SUBJECT, $subject, $named) === 1 ? $named[1] : null;
    }

    /**
     * Shows the named fields of one run to whoever has it.
     *
     * @param list<string> $fields
     */
    public static function forRun(
        SigningKey $secret,
        string $app,
        string $env,
        string $run,
        array $fields,
        int $untilS,
    ): string {
        $grant = ['app' => $app, 'env' => $env, 'run' => $run, 'fields' => $fields, 'until' => $untilS];
        $text = self::base64Url(json_encode($grant, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES));
        return "drt_{$text}." . self::seal($secret->forRunTokens(), 'run-token', $text);
    }

    private static function seal(SigningKey $key, string $use, string $text): string
    {
        return self::toUrl(substr(Signature::sign($key, $use, 0, $text), strlen('v1,')));
    }

    private static function base64Url(string $text): string
    {
        return self::toUrl(base64_encode($text));
    }

    private static function toUrl(string $base64): string
    {
        return rtrim(strtr($base64, '+/', '-_'), '=');
    }
}
