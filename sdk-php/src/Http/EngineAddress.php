<?php

declare(strict_types=1);

namespace Durable\Http;

use Durable\Environment;

/** Where the engine is reached from this app. */
final class EngineAddress
{
    /** Where nobody said that the engine is at its usual place, it is not asked for everything at once. */
    private const CHECKPOINT_ENTRIES_MIN = 100;

    /** @param string|null $given In code; else the environment says it. */
    public function __construct(private readonly ?string $given)
    {
    }

    /** Null where nobody named one, and there is none by itself. */
    public function url(): ?string
    {
        return $this->given ?? Environment::configuredEngineUrl();
    }

    /** From so many entries of a memo on it is told before the answer what has happened. */
    public function checkpointsFrom(): int
    {
        $isSaid = $this->given !== null || Environment::get('DURABLE_URL') !== null;
        return $isSaid ? 0 : self::CHECKPOINT_ENTRIES_MIN;
    }
}
