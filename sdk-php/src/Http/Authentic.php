<?php

declare(strict_types=1);

namespace Durable\Http;

use Durable\Version;
use Durable\Wire\KeyPair;
use Durable\Wire\SignedHeaders;

/** A request that a known engine has signed, just now. */
final class Authentic
{
    /** @param KeyPair $keys That verified the request: the engine surely has them, so the answer is signed with them. */
    private function __construct(private readonly string $id, public readonly KeyPair $keys)
    {
    }

    /**
     * Null when it is not signed with any of the secrets, or not signed now.
     *
     * @param array<string, string> $headers With names in lower case.
     * @param list<KeyPair> $secrets
     */
    public static function of(array $headers, string $body, array $secrets): ?self
    {
        $signed = SignedHeaders::read($headers);
        foreach ($signed === null ? [] : $secrets as $keys) {
            if ($signed->areOf($keys->request, $body)) {
                return new self($signed->id, $keys);
            }
        }
        return null;
    }

    /** What the engine can tell from an answer that somebody else sends: it repeats the request's id, and is signed. */
    public function answer(string $body): Response
    {
        return new Response(200, [
            'content-type' => 'application/json',
            'cache-control' => 'no-store',
            'durable-protocol' => (string) Version::PROTOCOL,
        ] + SignedHeaders::sign($this->keys->reply, $this->id, $body)->toArray(), $body);
    }
}
