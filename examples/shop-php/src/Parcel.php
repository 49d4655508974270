<?php

declare(strict_types=1);

namespace Shop;

final class Parcel
{
    public function __construct(public readonly string $order, public readonly string $to)
    {
    }
}
