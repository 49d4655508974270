<?php

declare(strict_types=1);

namespace Durable\Execution;

/** Code of a step, or of a query, while it runs. */
final class Body
{
    public function __construct(
        public readonly string $name,
        public readonly ?LogLines $lines = null,
        public readonly ?\Closure $heartbeat = null,
        public readonly bool $isQuery = false,
    ) {
    }
}
