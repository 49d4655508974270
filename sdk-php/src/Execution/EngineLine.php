<?php

declare(strict_types=1);

namespace Durable\Execution;

use Durable\Http\KeyPair;
use Durable\Transport\Transport;
use Durable\Transport\TransportFailed;
use Durable\Wire\Signature;

/**
 * The way from a dispatch back to the engine. The address is the one that the app was configured with, never one out of a
 * message; the secret is the one that verified the dispatch, so the engine surely has it.
 */
final class EngineLine
{
    private const TRY_S = 10.0;
    /** After it did not answer at all: every dispatch would wait for it otherwise. */
    private const LEFT_ALONE_S = 30;
    private const PAUSES_MS = [100, 400, 1_600, 3_200];

    private readonly string $root;
    /** Null where nothing can be remembered. */
    private readonly ?string $mark;

    public function __construct(
        string $engineUrl,
        string $app,
        string $environment,
        private readonly KeyPair $keys,
        private readonly Transport $transport,
    ) {
        $base = rtrim($engineUrl, '/');
        $this->root = "{$base}/v1/apps/{$app}/" . rawurlencode($environment);
        // PHP forgets everything between two requests; what the next one in this process shall know stands in a file.
        $folder = PrivateFolder::path();
        $this->mark = $folder === null ? null : $folder . '/silent-' . substr(hash('sha256', $base . '|' . getmypid()), 0, 32);
    }

    /** Whether it did not answer a moment ago, so that nobody should wait for it. */
    public function isLeftAlone(): bool
    {
        if ($this->mark === null) {
            return false;
        }
        clearstatcache(true, $this->mark);
        if (!is_file($this->mark)) {
            return false;
        }
        if (abs(time() - (int) @filemtime($this->mark)) < self::LEFT_ALONE_S) {
            return true;
        }
        @unlink($this->mark);
        return false;
    }

    /** Leaves the engine alone for a while, in all dispatches of this process. */
    public function giveUp(): void
    {
        if ($this->mark !== null) {
            @touch($this->mark);
        }
    }

    /** @param bool $isSigned False: whoever asks has another way to tell what to believe. */
    public function post(string $path, string $body, bool $isSigned = true): EngineReply
    {
        $id = 'app_' . bin2hex(random_bytes(16));
        $timestampS = time();
        try {
            $reply = $this->transport->send('POST', $this->root . $path, [
                'content-type' => 'application/json',
                'durable-protocol' => '1',
                'webhook-id' => $id,
                'webhook-timestamp' => (string) $timestampS,
                'webhook-signature' => Signature::sign($this->keys->reply, $id, $timestampS, $body),
            ], $body, self::TRY_S);
        } catch (TransportFailed) {
            return EngineReply::silence();
        }
        if ($reply->status === 200) {
            $isGood = !$isSigned || $this->isBelieved($id, $reply->headers, $reply->body);
            return $isGood ? EngineReply::answer($reply->body) : EngineReply::silence();
        }
        if ($reply->status >= 500 || $reply->status === 429) {
            return EngineReply::silence();
        }
        $problem = json_decode($reply->body, true);
        $code = is_array($problem) ? ($problem['code'] ?? '') : '';
        return EngineReply::problem($reply->status, is_string($code) ? $code : '');
    }

    /**
     * The very same body again while no answer comes, for questions that may be asked twice: a line that has worked may have
     * broken for a moment, because the engine is being replaced or the database restarts.
     */
    public function insist(string $path, string $body, bool $isSigned = true): EngineReply
    {
        foreach (self::PAUSES_MS as $ms) {
            $reply = $this->post($path, $body, $isSigned);
            if (!$reply->isSilence()) {
                return $reply;
            }
            usleep($ms * 1_000);
        }
        return $this->post($path, $body, $isSigned);
    }

    /** @param array<string, string> $headers */
    private function isBelieved(string $id, array $headers, string $body): bool
    {
        $timestampS = Signature::timestampS($headers['webhook-timestamp'] ?? '');
        return $timestampS !== null
            && ($headers['webhook-id'] ?? '') === $id
            && Signature::isInTime($timestampS, time())
            && Signature::verify([$this->keys->request], $id, $timestampS, $body, $headers['webhook-signature'] ?? '');
    }
}
