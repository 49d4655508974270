<?php

declare(strict_types=1);

namespace Durable\Testing;

use Durable\Duration;

/** @internal What a test says beforehand of everything around the function. */
final class World
{
    /** @var array<string, array{value: mixed, by: string}> What people answer, by the names of steps. */
    public array $answers = [];
    /** @var array<string, \Closure> What other functions return or throw, by their ids. */
    public array $children = [];
    /** @var array<string, array<string, mixed>> What requests of the engine are answered, by the names of steps. */
    public array $fetched = [];
    /** @var array<string, mixed> What steps return, by name, whose code is not called. */
    public array $fakes = [];
    /** @var list<array{event: array<string, mixed>, atMs: int}> Events that have not been taken. */
    private array $coming = [];

    /** @param mixed $after A duration since the run began. */
    public function willCome(string $name, mixed $data, mixed $after): void
    {
        $this->comes(['id' => 'evt_' . count($this->coming), 'name' => $name, 'data' => $data, 'time' => ''], Duration::ms($after));
    }

    /** @param mixed $after A duration since the run began. */
    public function willSignal(string $key, mixed $payload, mixed $after): void
    {
        $this->willCome(Awaiting::SIGNAL, ['key' => $key, 'payload' => $payload], $after);
    }

    /** @param array<string, mixed> $event */
    public function comes(array $event, int $atMs): void
    {
        $this->coming[] = ['event' => $event, 'atMs' => $atMs];
    }

    /**
     * The first event, by its time, that a wait is for.
     *
     * @param array<string, mixed> $op
     * @return array{int, int}|null Its time and its place; null when there is none.
     */
    public function firstFor(array $op, int $nowMs): ?array
    {
        $first = null;
        foreach ($this->coming as $place => $coming) {
            $atMs = max($nowMs, $coming['atMs']);
            if (Awaiting::isFor($op, $coming['event']) && ($first === null || $atMs < $first[0])) {
                $first = [$atMs, $place];
            }
        }
        return $first;
    }

    /** @return array<string, mixed> The event, which comes to nobody else. */
    public function take(int $place): array
    {
        return array_splice($this->coming, $place, 1)[0]['event'];
    }
}
