<?php

declare(strict_types=1);

namespace Durable\Execution;

/** Steps that user code has asked for and that have no result. */
final class OpenSteps
{
    /** @var array<string, Waiting> */
    private array $waiting = [];

    public function add(Waiting $waiting): void
    {
        $waiting->scope->opened($waiting->id);
        $this->waiting[$waiting->id] = $waiting;
    }

    /** It is open no longer: who waits for it. */
    public function close(string $id): ?Waiting
    {
        $waiting = $this->waiting[$id] ?? null;
        unset($this->waiting[$id]);
        return $waiting;
    }
}
