<?php

declare(strict_types=1);

namespace Durable\Http;

use Durable\Version;
use Durable\Wire\Signature;

/** A request that a known engine has signed, just now. */
final class Authentic
{
    private function __construct(
        /** Of the request; the answer repeats it. */
        public readonly string $id,
        /** The secret that verified the request: the engine surely has it, so the answer is signed with it. */
        public readonly KeyPair $keys,
    ) {
    }

    /**
     * Null when it is not signed with any of the secrets, or not signed now.
     *
     * @param array<string, string> $headers
     * @param list<KeyPair> $secrets
     */
    public static function of(array $headers, string $body, array $secrets): ?self
    {
        $id = $headers['webhook-id'] ?? '';
        $timestampS = Signature::timestampS($headers['webhook-timestamp'] ?? '');
        $signature = $headers['webhook-signature'] ?? '';
        if ($id === '' || $timestampS === null || !Signature::isInTime($timestampS, time())) {
            return null;
        }
        foreach ($secrets as $keys) {
            if (Signature::verify([$keys->request], $id, $timestampS, $body, $signature)) {
                return new self($id, $keys);
            }
        }
        return null;
    }

    /** What the engine can tell from an answer that somebody else sends. */
    public function answer(string $body): Response
    {
        $timestampS = time();
        return new Response(200, [
            'content-type' => 'application/json',
            'cache-control' => 'no-store',
            'durable-protocol' => (string) Version::PROTOCOL,
            'webhook-id' => $this->id,
            'webhook-timestamp' => (string) $timestampS,
            'webhook-signature' => Signature::sign($this->keys->reply, $this->id, $timestampS, $body),
        ], $body);
    }
}
