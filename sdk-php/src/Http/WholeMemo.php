<?php

declare(strict_types=1);

namespace Durable\Http;

use Durable\Clock;
use Durable\Execution\EngineLine;
use Durable\Execution\Entry;
use Durable\Execution\ValueLine;
use Durable\Json\JsonProblem;
use Durable\Json\JsonReader;
use Durable\Json\JsonWriter;
use Durable\Wire\Limits;

/**
 * A request with all that it leaves out: the rest of its memo, and the data of its event. Fetched before the handler is called,
 * so that it is replayed as if all had come at once.
 */
final class WholeMemo
{
    private const NO_PAGE = 'what the engine answered is no page of this memo';

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
        $run = $request['run']['id'];
        $known = array_fill_keys(array_column($request['memo'], 'id'), true);
        $rest = [];
        $bytes = 0;
        $isFirst = true;
        for ($next = $request['memo_next']; $next !== null; $isFirst = false) {
            $body = JsonWriter::write(['run' => $run, 'fence' => $request['task']['fence'], 'next' => $next]);
            $path = "/runs/{$run}/memo";
            $reply = $isFirst ? $line->post($path, $body) : $line->insist($path, $body);
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
            $page = self::page($reply->body);
            // Every page but the last brings something new, so that the pages have an end.
            if ($page === null || ($page['memo'] === [] && $page['memo_next'] !== null)) {
                return new self('failed', why: self::NO_PAGE);
            }
            foreach ($page['memo'] as $entry) {
                if (isset($known[$entry['id']])) {
                    return new self('failed', why: self::NO_PAGE);
                }
                $known[$entry['id']] = true;
                $rest[] = $entry;
            }
            if (count($known) > Limits::MEMO_ENTRIES_MAX || $bytes > Limits::MEMO_BYTES_MAX) {
                return new self('failed', why: self::NO_PAGE);
            }
            $next = $page['memo_next'];
        }
        return $rest;
    }

    /** @return array{memo: list<array<string, mixed>>, memo_next: ?string}|null */
    private static function page(string $body): ?array
    {
        try {
            $page = JsonReader::message($body);
        } catch (JsonProblem) {
            return null;
        }
        if (!is_array($page) || !is_array($page['memo'] ?? null) || !array_key_exists('memo_next', $page)) {
            return null;
        }
        $next = $page['memo_next'];
        if ($next !== null && (!is_string($next) || $next === '')) {
            return null;
        }
        foreach ($page['memo'] as $entry) {
            if (!Entry::isOne($entry)) {
                return null;
            }
        }
        return ['memo' => $page['memo'], 'memo_next' => $next];
    }
}
