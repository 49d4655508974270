<?php

declare(strict_types=1);

namespace Durable\Execution;

/** What became of a value that is elsewhere. */
final class Fetched
{
    public function __construct(
        /** Null when it did not come. */
        public readonly ?string $json,
        /** The engine works with another dispatch, or the run has ended. */
        public readonly bool $isStopped = false,
        public readonly string $why = '',
    ) {
    }
}
