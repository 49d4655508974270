<?php

declare(strict_types=1);

namespace Durable\Http;

use Durable\Environment;
use Durable\Wire\KeyPair;
use Durable\Wire\Secret;

/**
 * The secrets in force: what was given, else `DURABLE_SECRET`, else in dev mode the well-known one, which is good only for
 * requests that came to a loopback host (a page elsewhere may reach this port under a name of its own), from this machine.
 */
final class KeySource
{
    /** @param string|list<string>|(\Closure(): (string|list<string>))|null $secret */
    public function __construct(#[\SensitiveParameter] private readonly string|array|\Closure|null $secret)
    {
    }

    /** @return array<string, string> */
    public function __debugInfo(): array
    {
        return ['secret' => 'hidden'];
    }

    /**
     * For a request to this host, from this address; none means that it is refused.
     *
     * @return list<KeyPair>
     */
    public function keys(?string $host, ?string $remoteAddress): array
    {
        $secret = $this->secret instanceof \Closure ? ($this->secret)() : $this->secret;
        $secret ??= Environment::get('DURABLE_SECRET') ?? '';
        $text = trim(is_array($secret) ? implode(' ', $secret) : $secret);
        if ($text !== '') {
            return array_map(static fn ($key): KeyPair => new KeyPair($key), Secret::parseList($text));
        }
        $isLocal = $remoteAddress === null || $remoteAddress === '' || Environment::isLoopback($remoteAddress);
        $isForDev = $isLocal && $host !== null && Environment::isLoopback($host) && Environment::isDev();
        return $isForDev && $this->secret === null ? [new KeyPair(Secret::parse(Secret::DEV))] : [];
    }

    /** What this side signs and seals with by itself; null without a secret. */
    public function own(): ?KeyPair
    {
        return $this->keys('localhost', null)[0] ?? null;
    }
}
