<?php

declare(strict_types=1);

namespace Durable\Tests\stubs;

use Durable\Attribute\ListOf;

final class Order
{
    /** @param list<Item> $items */
    public function __construct(
        public readonly int $id,
        public readonly Kind $kind,
        #[ListOf(Item::class)]
        public readonly array $items,
        public readonly ?\DateTimeImmutable $due = null,
        public readonly float $total = 0.0,
    ) {
    }
}
