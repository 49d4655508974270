<?php

declare(strict_types=1);

namespace Durable\Testing;

/** How a function ended that ran in memory. */
final class TestResult
{
    /**
     * @internal
     * @param list<array{id: string, name: string, op: string, status: string, value: mixed, attempts: int}> $steps
     * @param list<array<string, mixed>> $sent
     * @param list<string> $undone
     */
    public function __construct(
        /** `completed`, `failed`, or `waiting` where nothing that you gave can move it. */
        public readonly string $status,
        /** What a completed function returned. */
        public readonly mixed $output,
        /** @var array<string, mixed>|null What a failed one failed with: `name`, `message` and so on. */
        public readonly ?array $failure,
        public readonly array $steps,
        /** The events that it sent. */
        public readonly array $sent,
        /** The names of steps that were undone, in that order. */
        public readonly array $undone,
        /** What it last said of itself with `setState`. */
        public readonly mixed $state,
        /** By how much the clock was moved, for sleeps, retries and timeouts. */
        public readonly int $elapsedMs,
        /** What it waits for, where it does. */
        public readonly ?string $waitsFor,
    ) {
    }

    /** The recorded value of a step; of the n-th of its name, from 0. */
    public function value(string $name, int $n = 0): mixed
    {
        return $this->named($name)[$n]['value'] ?? throw new \OutOfBoundsException("Step \"{$name}\" ({$n}) was not recorded.");
    }

    /** How often the code of a step ran, all of its attempts. */
    public function attempts(string $name, int $n = 0): int
    {
        return $this->named($name)[$n]['attempts'] ?? 0;
    }

    /** @return list<string> In the order in which they were recorded. */
    public function stepNames(): array
    {
        return array_column($this->steps, 'name');
    }

    /** @return list<array<string, mixed>> */
    private function named(string $name): array
    {
        return array_values(array_filter($this->steps, static fn (array $step): bool => $step['name'] === $name));
    }
}
