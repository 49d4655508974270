<?php

declare(strict_types=1);

namespace Durable\Client;

use Durable\Environment;
use Durable\Exception\DurableRequestError;
use Durable\Http\KeySource;
use Durable\Json\JsonObject;
use Durable\Json\JsonReader;
use Durable\Transport\Reply;
use Durable\Transport\Transport;
use Durable\Transport\TransportFailed;
use Durable\Transport\Transports;
use Durable\Version;
use Durable\Wire\SignedHeaders;

/** Requests to the engine, signed, and tried again where that is safe. */
final class Connection
{
    private const TRIES = 5;
    private const TRACEPARENT = '/^[\x21-\x7e]{1,512}$/D';

    private readonly KeySource $keys;

    /** @param string|list<string>|\Closure|null $secret */
    public function __construct(
        private readonly ?string $url,
        #[\SensitiveParameter] string|array|\Closure|null $secret,
        #[\SensitiveParameter] private readonly ?string $eventKey,
        #[\SensitiveParameter] private readonly ?string $token,
        private readonly ?Transport $transport,
    ) {
        $this->keys = new KeySource($secret);
    }

    /** @return array<string, string|null> */
    public function __debugInfo(): array
    {
        return ['url' => $this->url, 'keys' => 'hidden'];
    }

    public static function noEngine(?\Throwable $previous = null): DurableRequestError
    {
        return new DurableRequestError('What answered is no engine. Does DURABLE_URL lead to it?', previous: $previous);
    }

    /**
     * Sends what an app may send: signed with its secret.
     *
     * @param array<string, string|null> $query
     * @param bool $mayUseEventKey An event key is good for sending events and nothing else.
     * @param bool $isRepeatable Sent again after a broken line or a 503: only what may arrive twice.
     * @return array<array-key, mixed>
     * @throws DurableRequestError
     */
    public function post(
        string $path,
        array $query,
        string $body,
        bool $isRepeatable,
        bool $mayUseEventKey = false,
        ?string $traceparent = null,
        float $timeoutS = 60,
    ): array {
        // What is no header would be several; and nothing shall fail for what only observes it.
        $trace = preg_match(self::TRACEPARENT, $traceparent ?? '') === 1 ? ['traceparent' => (string) $traceparent] : [];
        $headers = fn (): array => $this->signed($body, $mayUseEventKey) + $trace;
        return $this->send('POST', $path, $query, $headers, $body, $isRepeatable ? self::TRIES : 1, $timeoutS);
    }

    /**
     * Asks or does what people may, with a token of theirs; in development none is needed.
     *
     * @param array<string, string|null> $query
     * @return array<array-key, mixed>
     * @throws DurableRequestError
     */
    public function asPerson(string $method, string $path, array $query, string $body = ''): array
    {
        $token = $this->token ?? Environment::get('DURABLE_API_KEY') ?? Environment::get('DURABLE_ADMIN_TOKEN');
        $headers = static fn (): array => self::common() + ($token === null ? [] : ['authorization' => "Bearer {$token}"]);
        return $this->send($method, $path, $query, $headers, $body, $method === 'GET' ? self::TRIES : 1, 60);
    }

    /** Where people outside reach the engine. */
    public function publicUrl(): string
    {
        return rtrim(Environment::get('DURABLE_PUBLIC_URL') ?? $this->base(), '/');
    }

    public function keys(): KeySource
    {
        return $this->keys;
    }

    /**
     * @param array<string, string|null> $query
     * @param \Closure(): array<string, string> $headers Made anew for each try: a signature is not good for ever.
     * @return array<array-key, mixed>
     */
    private function send(
        string $method,
        string $path,
        array $query,
        \Closure $headers,
        string $body,
        int $tries,
        float $timeoutS,
    ): array {
        $query = http_build_query(array_filter($query, static fn (?string $value): bool => $value !== null), '', '&', PHP_QUERY_RFC3986);
        $url = $this->base() . $path . ($query === '' ? '' : "?{$query}");
        $transport = $this->transport ?? Transports::default();
        for ($try = 1;; $try += 1) {
            try {
                $reply = $transport->send($method, $url, $headers(), $body, $timeoutS);
            } catch (TransportFailed $silent) {
                $failure = new DurableRequestError(
                    "The engine does not answer at {$this->base()} ({$silent->getMessage()}). Is it running? In development: "
                    . 'npx @durable/engine dev',
                    previous: $silent,
                );
                $reply = null;
            }
            if ($reply !== null && $reply->status >= 200 && $reply->status < 300) {
                return self::read($reply->body);
            }
            $failure = $reply === null ? $failure : $this->failureOf($reply);
            $isPassing = $reply === null || $reply->status === 503 || $reply->status === 429;
            if (!$isPassing || $try >= $tries) {
                throw $failure;
            }
            usleep(1_000 * ($failure->retryAfterMs ?? (int) (100 * 2 ** $try * (0.5 + mt_rand() / mt_getrandmax() / 2))));
        }
    }

    /** @return array<array-key, mixed> */
    private static function read(string $body): array
    {
        try {
            $answer = JsonReader::value($body);
        } catch (\JsonException $problem) {
            throw self::noEngine($problem);
        }
        return $answer instanceof JsonObject ? $answer->getArrayCopy() : (array) $answer;
    }

    private function failureOf(Reply $reply): DurableRequestError
    {
        $problem = json_decode($reply->body, true);
        $problem = is_array($problem) ? $problem : [];
        $target = $reply->headers['location'] ?? null;
        $what = implode(': ', array_filter([$problem['title'] ?? '', $problem['detail'] ?? ''])) ?: 'It gives no reason.';
        if ($target !== null) {
            $what = "{$this->base()} leads to {$target}; name the engine's own address (DURABLE_URL).";
        }
        $seconds = (int) ($reply->headers['retry-after'] ?? 0);
        return new DurableRequestError(
            "The engine answered {$reply->status}. {$what}",
            $reply->status,
            is_string($problem['code'] ?? null) ? $problem['code'] : null,
            is_array($problem['errors'] ?? null) ? $problem['errors'] : [],
            $seconds > 0 ? min($seconds, 5) * 1_000 : null,
        );
    }

    /** @return array<string, string> */
    private function signed(string $body, bool $mayUseEventKey): array
    {
        $eventKey = $this->eventKey ?? Environment::get('DURABLE_EVENT_KEY');
        if ($mayUseEventKey && $eventKey !== null) {
            return self::common() + ['authorization' => "Bearer {$eventKey}"];
        }
        $keys = $this->keys->own();
        if ($keys === null) {
            return self::common();
        }
        return self::common() + SignedHeaders::sign($keys->reply, 'snd_' . bin2hex(random_bytes(16)), $body)->toArray();
    }

    /** @return array<string, string> */
    private static function common(): array
    {
        return ['content-type' => 'application/json', 'durable-protocol' => (string) Version::PROTOCOL];
    }

    private function base(): string
    {
        return rtrim($this->url ?? Environment::engineUrl(), '/');
    }
}
