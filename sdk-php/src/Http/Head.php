<?php

declare(strict_types=1);

namespace Durable\Http;

use Durable\Environment;
use Durable\Version;

/** The method and the headers of a request: what of it can be judged without reading the body. */
final class Head
{
    /** @param array<string, string> $headers With names in lower case. */
    private function __construct(private readonly string $method, public readonly array $headers)
    {
    }

    /** @param array<array-key, string|list<string>> $headers Their names may be written in any way. */
    public static function of(string $method, array $headers): self
    {
        $lower = [];
        foreach ($headers as $name => $value) {
            $lower[strtolower((string) $name)] = is_array($value) ? implode(', ', $value) : (string) $value;
        }
        return new self($method, $lower);
    }

    /** Null when it is not there. */
    public function header(string $name): ?string
    {
        return $this->headers[$name] ?? null;
    }

    /** What is answered to it, whatever the body is; null when that has to be read. */
    public function refusal(): ?Response
    {
        if ($this->method !== 'POST') {
            return Problem::methodNotAllowed();
        }
        $type = strtolower(trim(explode(';', $this->header('content-type') ?? '', 2)[0]));
        if ($type !== 'application/json') {
            return Problem::of('unsupported-media-type', 'Send it with content-type: application/json.');
        }
        $encoding = $this->header('content-encoding') ?? '';
        if ($encoding !== '' && $encoding !== 'identity') {
            return Problem::of('unsupported-encoding', 'Send the body as it is, without content-encoding.');
        }
        $version = $this->header('durable-protocol') ?? '';
        return $version === '' || $version === (string) Version::PROTOCOL ? null : Problem::of(
            'unsupported-protocol',
            'Send durable-protocol: 1.',
            ['supported' => ['min' => Version::PROTOCOL, 'max' => Version::PROTOCOL]],
        );
    }

    /** To which host it was sent; null when a proxy passes on what came from elsewhere. */
    public function host(): ?string
    {
        return $this->isPassedOn() ? null : $this->header('host');
    }

    /**
     * A proxy on this machine makes it look as if it came from here. Development servers that stand before the app say of what
     * came from this machine that it did.
     */
    private function isPassedOn(): bool
    {
        if (isset($this->headers['forwarded']) || isset($this->headers['via'])) {
            return true;
        }
        foreach (explode(',', $this->header('x-forwarded-for') ?? '127.0.0.1') as $address) {
            if (!Environment::isLoopback(trim($address))) {
                return true;
            }
        }
        return false;
    }
}
