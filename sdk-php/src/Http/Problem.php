<?php

declare(strict_types=1);

namespace Durable\Http;

/** Every way in which this side says that the protocol itself went wrong (RFC 9457); nothing about this machine. */
final class Problem
{
    /** @var array<string, array{int, string}> */
    private const KINDS = [
        'malformed-json' => [400, 'The body is not JSON'],
        'invalid-encoding' => [400, 'The body is not UTF-8'],
        'unsupported-character' => [400, 'The body holds a character that is not supported'],
        'duplicate-key' => [400, 'The body has a member twice'],
        'number-out-of-range' => [400, 'The body holds a number that cannot be represented'],
        'too-complex' => [400, 'The body is too complex'],
        'malformed-request' => [400, 'The message is not one of the protocol'],
        'unauthenticated' => [401, 'The request is not signed by a known engine'],
        'not-found' => [404, 'There is no such app or function here'],
        'payload-too-large' => [413, 'The request is too large'],
        'unsupported-media-type' => [415, 'The request is not JSON'],
        'unsupported-encoding' => [415, 'The request is encoded'],
        'unsupported-protocol' => [415, 'This SDK does not speak that protocol version'],
        'memo-incomplete' => [424, 'The rest of the memo could not be fetched'],
        'secret-unavailable' => [503, 'The signing secret cannot be read at the moment'],
        'internal' => [500, 'Something went wrong in the app'],
    ];

    private const HEADERS = [
        'unauthenticated' => ['www-authenticate' => 'StandardWebhooks'],
        'payload-too-large' => ['connection' => 'close'],
        'secret-unavailable' => ['retry-after' => '1'],
    ];

    /** @param array<string, mixed> $more */
    public static function of(string $code, string $detail, array $more = []): Response
    {
        [$status, $title] = self::KINDS[$code];
        $body = ['type' => "urn:durable:problem:{$code}", 'title' => $title, 'status' => $status, 'detail' => $detail, 'code' => $code];
        return new Response(
            $status,
            [
                'content-type' => 'application/problem+json',
                'durable-protocol' => '1',
                'cache-control' => 'no-store',
            ] + (self::HEADERS[$code] ?? []),
            (string) json_encode($body + $more, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE),
        );
    }

    /** Any method but POST: said before any work, and nothing else is. */
    public static function methodNotAllowed(): Response
    {
        return new Response(405, ['allow' => 'POST', 'content-type' => 'application/json'], '{}');
    }
}
