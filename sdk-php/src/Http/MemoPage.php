<?php

declare(strict_types=1);

namespace Durable\Http;

use Durable\Execution\EngineReply;
use Durable\Execution\Entry;

/** A part of a memo that does not fit into one request. */
final class MemoPage
{
    private function __construct(
        /** @var list<array<string, mixed>> */
        public readonly array $entries,
        /** What the next one is asked for with; null on the last. */
        public readonly ?string $next,
    ) {
    }

    /** Null when it is none: every page but the last brings something new, so that the pages have an end. */
    public static function of(EngineReply $reply): ?self
    {
        $page = $reply->message();
        $entries = $page['memo'] ?? null;
        $next = $page['memo_next'] ?? null;
        $isLast = array_key_exists('memo_next', $page) && $next === null;
        $leadsOn = is_string($next) && $next !== '' && $entries !== [];
        return Entry::areAll($entries) && ($isLast || $leadsOn) ? new self($entries, $next) : null;
    }
}
