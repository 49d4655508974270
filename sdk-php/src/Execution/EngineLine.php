<?php

declare(strict_types=1);

namespace Durable\Execution;

use Durable\Json\JsonWriter;
use Durable\Transport\Transport;
use Durable\Transport\TransportFailed;
use Durable\Version;
use Durable\Wire\KeyPair;
use Durable\Wire\SignedHeaders;

/**
 * The way from a dispatch back to the engine. The address is the one that the app was configured with, never one out of a
 * message; the secret is the one that verified the dispatch, so the engine surely has it.
 */
final class EngineLine
{
    private const TRY_S = 10.0;
    private const PAUSES_MS = [100, 400, 1_600, 3_200];

    /**
     * @param string $root Of all that is asked about the run.
     * @param array{run: string, fence: string} $dispatch What every message says of it.
     * @param list<mixed> $offered
     */
    private function __construct(
        private readonly string $root,
        private readonly array $dispatch,
        private readonly array $offered,
        private readonly KeyPair $keys,
        private readonly Transport $transport,
        private readonly Silence $silence,
    ) {
    }

    /**
     * Null where nobody said where the engine is, or it does not say its own environment.
     *
     * @param array<string, mixed> $message An `invoke`.
     */
    public static function of(array $message, ?string $engineUrl, KeyPair $keys, Transport $transport): ?self
    {
        $environment = $message['engine']['environment'] ?? null;
        if ($engineUrl === null || !is_string($environment) || $environment === '') {
            return null;
        }
        $base = rtrim($engineUrl, '/');
        $run = $message['run']['id'];
        return new self(
            "{$base}/v1/apps/{$message['app']}/" . rawurlencode($environment) . "/runs/{$run}",
            ['run' => $run, 'fence' => $message['task']['fence']],
            self::offeredIn($message),
            $keys,
            $transport,
            new Silence($base),
        );
    }

    /**
     * What the engine says in a message that it can do.
     *
     * @param array<string, mixed> $message
     * @return list<mixed>
     */
    public static function offeredIn(array $message): array
    {
        $capabilities = $message['engine']['capabilities'] ?? null;
        return is_array($capabilities) ? array_values($capabilities) : [];
    }

    public function offers(string $capability): bool
    {
        return in_array($capability, $this->offered, true);
    }

    /** Whether it did not answer a moment ago, so that nobody should wait for it. */
    public function isLeftAlone(): bool
    {
        return $this->silence->isRecent();
    }

    /** Leaves the engine alone for a while, in all dispatches of this process. */
    public function giveUp(): void
    {
        $this->silence->remember();
    }

    /**
     * @param string $what The last part of the path: `checkpoint`.
     * @param array<string, mixed> $members Beside those that name the dispatch.
     * @param bool $isSigned False: whoever asks has another way to tell what to believe.
     */
    public function post(string $what, array $members, bool $isSigned = true): EngineReply
    {
        return $this->send($what, JsonWriter::write($this->dispatch + $members), $isSigned);
    }

    /**
     * The very same body again while no answer comes, for questions that may be asked twice: a line that has worked may have
     * broken for a moment, because the engine is being replaced or the database restarts. Takes up to 55 s.
     *
     * @param array<string, mixed> $members
     */
    public function insist(string $what, array $members, bool $isSigned = true): EngineReply
    {
        $body = JsonWriter::write($this->dispatch + $members);
        foreach (self::PAUSES_MS as $ms) {
            $reply = $this->send($what, $body, $isSigned);
            if (!$reply->isSilence()) {
                return $reply;
            }
            usleep($ms * 1_000);
        }
        return $this->send($what, $body, $isSigned);
    }

    private function send(string $what, string $body, bool $isSigned): EngineReply
    {
        $signed = SignedHeaders::sign($this->keys->reply, 'app_' . bin2hex(random_bytes(16)), $body);
        $headers = [
            'content-type' => 'application/json',
            'durable-protocol' => (string) Version::PROTOCOL,
        ] + $signed->toArray();
        try {
            $reply = $this->transport->send('POST', "{$this->root}/{$what}", $headers, $body, self::TRY_S);
        } catch (TransportFailed) {
            return EngineReply::silence();
        }
        if ($reply->status === 200) {
            $isGood = !$isSigned || $this->isBelieved($signed->id, $reply->headers, $reply->body);
            return $isGood ? EngineReply::answer($reply->body) : EngineReply::silence();
        }
        if ($reply->status >= 500 || $reply->status === 429) {
            return EngineReply::silence();
        }
        $problem = json_decode($reply->body, true);
        $code = is_array($problem) ? ($problem['code'] ?? '') : '';
        return EngineReply::problem($reply->status, is_string($code) ? $code : '');
    }

    /** @param array<string, string> $headers */
    private function isBelieved(string $id, array $headers, string $body): bool
    {
        $signed = SignedHeaders::read($headers);
        return $signed?->id === $id && $signed->areOf($this->keys->request, $body);
    }
}
