<?php

declare(strict_types=1);

namespace Durable\Testing;

/** @internal What is recorded of one run in memory, and what is open. */
final class MemoryJournal
{
    /** @var array<string, int> Attempts that have been begun, by step; 1 where nothing is said. */
    public array $attempts = [];
    /** @var array<string, array<string, mixed>> The memo, by id, in the order of completion. */
    private array $memo = [];
    /** @var array<string, array<string, mixed>> Ops that something settles later. */
    private array $open = [];
    /** @var array<string, array<string, mixed>> Every op that was reported, by id. */
    private array $ops = [];

    /** @param array<string, mixed> $op */
    public function hear(array $op): void
    {
        $this->ops[$op['id']] = $op;
    }

    /** @return array<string, mixed> As it was reported last. */
    public function op(string $id): array
    {
        return $this->ops[$id];
    }

    public function has(string $id): bool
    {
        return isset($this->memo[$id]);
    }

    /** @return array<string, array<string, mixed>> Those that somebody still waits for, by id. */
    public function open(): array
    {
        return array_filter($this->open, static fn (array $op): bool => !isset($op['isLost']));
    }

    /** @param array<string, mixed> $op */
    public function settle(array $op, mixed $value): void
    {
        $this->record($op, ['st' => 'ok', 'v' => $value]);
    }

    /**
     * @param array<string, mixed> $op
     * @param array<string, mixed> $error
     */
    public function fail(array $op, array $error): void
    {
        $this->record($op, ['st' => 'err', 'error' => $error]);
    }

    /** @param array<string, mixed> $op Something settles it later. */
    public function wait(array $op): void
    {
        $this->open[$op['id']] = $op;
    }

    /** Its code has run, and is not over. */
    public function close(string $id): void
    {
        unset($this->open[$id]);
    }

    /** @param list<string> $ids Nobody waits for these any more. */
    public function lose(array $ids): void
    {
        foreach ($ids as $id) {
            if (isset($this->open[$id])) {
                $this->open[$id]['isLost'] = true;
            }
        }
    }

    /** @param list<string> $ids They have become part of a group. */
    public function fold(array $ids): void
    {
        foreach ($ids as $id) {
            unset($this->memo[$id]);
        }
    }

    /**
     * @param string|null $except The step that a task is for is pending in every other memo.
     * @return list<array<string, mixed>> The memo as it is sent.
     */
    public function entries(?string $except): array
    {
        $pending = [];
        foreach ($this->open as $id => $op) {
            if ((string) $id !== $except) {
                $pending[] = ['id' => $id, 'op' => self::recordedOp($op), 'st' => 'pending'];
            }
        }
        return [...array_values($this->memo), ...$pending];
    }

    /** @return list<array{id: string, name: string, op: string, status: string, value: mixed, attempts: int}> For people. */
    public function steps(): array
    {
        $steps = [];
        foreach ($this->memo as $id => $entry) {
            $steps[] = [
                'id' => (string) $id,
                'name' => $this->ops[$id]['name'],
                'op' => $entry['op'],
                'status' => $entry['st'],
                'value' => $entry['v'] ?? null,
                'attempts' => $this->attempts[$id] ?? 1,
            ];
        }
        return $steps;
    }

    /**
     * @param array<string, mixed> $op
     * @param array<string, mixed> $end
     */
    private function record(array $op, array $end): void
    {
        $this->close($op['id']);
        $this->memo[$op['id']] = ['id' => $op['id'], 'op' => self::recordedOp($op)] + $end;
    }

    /** @param array<string, mixed> $op */
    private static function recordedOp(array $op): string
    {
        return match (true) {
            $op['op'] === 'plan', $op['op'] === 'start' => 'run',
            $op['op'] === 'invoke' && ($op['spawn'] ?? false) === true => 'spawn',
            $op['op'] === 'input' && $op['kind'] === 'approval' => 'approval',
            default => $op['op'],
        };
    }
}
