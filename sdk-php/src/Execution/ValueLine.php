<?php

declare(strict_types=1);

namespace Durable\Execution;

/** On which one dispatch fetches large values of its memo. */
final class ValueLine
{
    /** @var array<string, string> By their SHA-256: a result never changes. */
    private array $kept = [];
    private string $failure = '';

    public function __construct(private readonly ?EngineLine $line)
    {
    }

    /** Why a value did not come, the last time that one did not. */
    public function failure(): string
    {
        return $this->failure;
    }

    /** @param array{id: string, sha256: string} $ref */
    public function fetch(array $ref): Fetched
    {
        $hash = $ref['sha256'];
        $fetched = isset($this->kept[$hash]) ? new Fetched($this->kept[$hash]) : $this->ask($ref['id'], $hash);
        if ($fetched->json !== null) {
            $this->kept[$hash] = $fetched->json;
        }
        $this->failure = $fetched->why;
        return $fetched;
    }

    private function ask(string $id, string $hash): Fetched
    {
        if ($this->line === null) {
            return new Fetched(null, why: 'nobody said where the engine is');
        }
        if ($this->line->isLeftAlone()) {
            return new Fetched(null, why: 'the engine did not answer a moment ago');
        }
        $reply = $this->line->insist('blob', ['ref' => $id], false);
        if ($reply->body !== null) {
            return hash_equals($hash, hash('sha256', $reply->body))
                ? new Fetched($reply->body)
                : new Fetched(null, why: 'what the engine answered is not the value it told of');
        }
        if ($reply->isSilence()) {
            $this->line->giveUp();
            return new Fetched(null, why: 'the engine gave no answer');
        }
        return new Fetched(null, $reply->isStop(), "the engine answered {$reply->status} {$reply->problem}");
    }
}
