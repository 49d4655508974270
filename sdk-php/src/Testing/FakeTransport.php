<?php

declare(strict_types=1);

namespace Durable\Testing;

use Durable\Transport\Reply;
use Durable\Transport\Transport;
use Durable\Transport\TransportFailed;

/**
 * An engine that only listens: give it to a Client, and ask it afterwards what was sent. It answers what you tell it to, and
 * otherwise as if all had been taken.
 */
final class FakeTransport implements Transport
{
    /** @var list<array{method: string, path: string, query: array<array-key, mixed>, headers: array<string, string>, body: mixed}> */
    public array $requests = [];
    /** @var list<Reply|null> */
    private array $replies = [];

    /**
     * What the next request is answered; several are taken one after the other.
     *
     * @param mixed $body As JSON.
     * @param array<string, string> $headers
     */
    public function willAnswer(int $status, mixed $body, array $headers = []): self
    {
        $this->replies[] = new Reply($status, $headers, (string) json_encode($body));
        return $this;
    }

    /** The next request finds nobody. */
    public function willNotAnswer(): self
    {
        $this->replies[] = null;
        return $this;
    }

    /** @return list<array<string, mixed>> All events that were sent, in their order. */
    public function events(): array
    {
        $events = [];
        foreach ($this->requests as $request) {
            if ($request['path'] === '/v1/events') {
                array_push($events, ...$request['body']);
            }
        }
        return $events;
    }

    public function send(string $method, string $url, array $headers, string $body, float $timeoutS): Reply
    {
        parse_str((string) parse_url($url, PHP_URL_QUERY), $query);
        $path = (string) parse_url($url, PHP_URL_PATH);
        $read = json_decode($body, true);
        $this->requests[] = ['method' => $method, 'path' => $path, 'query' => $query, 'headers' => $headers, 'body' => $read];
        if ($this->replies !== []) {
            return array_shift($this->replies) ?? throw new TransportFailed('nobody listens');
        }
        return new Reply(200, [], (string) json_encode(self::answer($path, $read)));
    }

    /** @return array<string, mixed> */
    private static function answer(string $path, mixed $body): array
    {
        return match (true) {
            $path === '/v1/events' => ['ids' => array_column($body, 'id'), 'runs' => []],
            str_ends_with($path, '/trigger') => ['run' => 'run_fake', 'event' => 'evt_fake', 'function' => 'fake', 'status' => 'completed', 'output' => null],
            str_ends_with($path, '/call') => ['status' => 'completed', 'output' => null],
            default => ['id' => 'fake'],
        };
    }
}
