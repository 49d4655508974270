<?php

declare(strict_types=1);

namespace Shop;

final class Settled
{
    public function __construct(public readonly string $order)
    {
    }
}
