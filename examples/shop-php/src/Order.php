<?php

declare(strict_types=1);

namespace Shop;

final class Order
{
    public function __construct(
        public readonly string $order,
        public readonly int $total,
        public readonly string $card,
        public readonly string $to,
        /** How long somebody may take to approve it, and the customer to think again. */
        public readonly string $patience = '7d',
        public readonly string $coolingOff = '2d',
    ) {
    }
}
