<?php

declare(strict_types=1);

namespace Durable\Http;

use Durable\Clock;
use Durable\Execution\EngineLine;
use Durable\Execution\ValueLine;
use Durable\Json\JsonReader;
use Durable\Wire\Limits;

/**
 * A request with all that it leaves out: the rest of its memo, and the data of its event. Fetched before the handler is called,
 * so that it is replayed as if all had come at once.
 */
final class WholeMemo
{
    private function __construct(
        /** `whole`, `unreachable` (nobody said where the engine is), `stopped` or `failed` (it may work the next time). */
        public readonly string $kind,
        /** @var array<string, mixed> */
        public readonly array $request = [],
        public readonly string $why = '',
    ) {
    }

    /** @param array<string, mixed> $request */
    public static function of(array $request, ?EngineLine $line, ValueLine $values): self
    {
        $startedAtMs = Clock::monotonicMs();
        $ref = $request['input']['event']['ref'] ?? null;
        $isPart = is_string($request['memo_next'] ?? null);
        $hasRefs = $ref !== null || array_filter($request['memo'], static fn (array $entry): bool => isset($entry['ref'])) !== [];
        if ($line === null && ($isPart || $hasRefs)) {
            return new self('unreachable');
        }
        $request += ['memo_next' => null];
        if ($isPart && $line !== null) {
            $rest = self::rest($request, $line);
            if (!is_array($rest)) {
                return $rest;
            }
            array_push($request['memo'], ...$rest);
        }
        if ($ref !== null) {
            $fetched = $values->fetch($ref);
            if ($fetched->json === null) {
                return new self($fetched->isStopped ? 'stopped' : 'failed', why: $fetched->why);
            }
            unset($request['input']['event']['ref']);
            $request['input']['event']['data'] = JsonReader::value($fetched->json);
        }
        $request['budget']['ms'] -= Clock::elapsedMs($startedAtMs);
        return new self('whole', $request);
    }

    /**
     * @param array<string, mixed> $request
     * @return list<array<string, mixed>>|self
     */
    private static function rest(array $request, EngineLine $line): array|self
    {
        if ($line->isLeftAlone()) {
            return new self('failed', why: 'the engine did not answer a moment ago');
        }
        $known = array_fill_keys(array_column($request['memo'], 'id'), true);
        $rest = [];
        $bytes = 0;
        $isFirst = true;
        for ($next = $request['memo_next']; $next !== null; $isFirst = false) {
            $reply = $isFirst ? $line->post('memo', ['next' => $next]) : $line->insist('memo', ['next' => $next]);
            if ($reply->isSilence()) {
                if ($isFirst) {
                    $line->giveUp();
                }
                return new self('failed', why: 'the engine gave no answer that it had signed');
            }
            if ($reply->body === null) {
                return new self($reply->isStop() ? 'stopped' : 'failed', why: "the engine answered {$reply->status} {$reply->problem}");
            }
            $bytes += strlen($reply->body);
            $page = MemoPage::of($reply);
            foreach ($page->entries ?? [] as $entry) {
                $page = isset($known[$entry['id']]) ? null : $page;
                $known[$entry['id']] = true;
                $rest[] = $entry;
            }
            if ($page === null || count($known) > Limits::MEMO_ENTRIES_MAX || $bytes > Limits::MEMO_BYTES_MAX) {
                return new self('failed', why: 'what the engine answered is no page of this memo');
            }
            $next = $page->next;
        }
        return $rest;
    }
}
