<?php

declare(strict_types=1);

namespace Durable\Exception;

/** An error that says its own name: what the engine keeps, and what `retryOn` and `stopOn` compare. */
interface Named
{
    public function errorName(): string;
}
