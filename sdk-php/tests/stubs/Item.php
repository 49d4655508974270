<?php

declare(strict_types=1);

namespace Durable\Tests\stubs;

final class Item
{
    public function __construct(public readonly string $name, public readonly int $count = 1)
    {
    }
}
