<?php

declare(strict_types=1);

namespace Durable\Execution;

/** A step as user code asks for it. */
final class StepCall
{
    /**
     * @param string $op What is recorded of it.
     * @param array<string, mixed>|null $watch How often its body says that it lives: the engine watches over it.
     * @param (\Closure(mixed): bool)|null $fits Whether a recorded value can be of this kind of step, where several share an op.
     * @param (\Closure(mixed): mixed)|null $read What user code gets for the value that is recorded; the value itself unless told.
     * @param (\Closure(string, mixed): array<string, mixed>)|null $undo What undoes it once it is recorded: id and result to the op.
     */
    public function __construct(
        public readonly string $op,
        public readonly mixed $name,
        public readonly bool $atMostOnce = false,
        public readonly ?array $watch = null,
        private readonly ?\Closure $fits = null,
        private readonly ?\Closure $read = null,
        public readonly ?\Closure $undo = null,
    ) {
    }

    /** @param array<string, mixed> $entry */
    public function fits(array $entry): bool
    {
        // Of a value that is elsewhere this is asked when it is here.
        return $this->fits === null || $entry['st'] !== 'ok' || isset($entry['ref']) || ($this->fits)($entry['v'] ?? null);
    }

    public function read(mixed $value): mixed
    {
        return $this->read === null ? $value : ($this->read)($value);
    }
}
