<?php

declare(strict_types=1);

namespace Durable\Execution;

/** What the engine has recorded of the run so far. */
final class Memo
{
    /** @var array<string, Recorded> */
    private array $byId = [];
    private int $next = 0;
    private int $unclaimed = 0;

    /** @param iterable<array<string, mixed>> $entries In the order of completion. */
    public function __construct(iterable $entries)
    {
        foreach ($entries as $entry) {
            $this->add($entry);
        }
    }

    /**
     * What settled while the turn went on comes after all that was known.
     *
     * @param array<string, mixed> $entry
     */
    public function add(array $entry): void
    {
        $recorded = new Recorded($entry, $this->next);
        $this->byId[$entry['id']] = $recorded;
        $this->next += 1;
        $this->unclaimed += $recorded->isSettled() ? 1 : 0;
    }

    public function has(string $id): bool
    {
        return isset($this->byId[$id]);
    }

    /** @param list<string> $ids They have become part of a group, which is an entry of its own. */
    public function fold(array $ids): void
    {
        foreach ($ids as $id) {
            unset($this->byId[$id]);
        }
    }

    public function size(): int
    {
        return count($this->byId);
    }

    /** What is recorded under an id. It counts as asked for; a turn asks for each id once, as n counts up. */
    public function claim(string $id): ?Recorded
    {
        $recorded = $this->byId[$id] ?? null;
        if ($recorded !== null && $recorded->isSettled()) {
            $this->unclaimed -= 1;
        }
        return $recorded;
    }

    /** How many results user code has not asked for. */
    public function unclaimed(): int
    {
        return $this->unclaimed;
    }
}
