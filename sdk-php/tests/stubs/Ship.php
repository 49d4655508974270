<?php

declare(strict_types=1);

namespace Durable\Tests\stubs;

use Durable\Attribute\AsFunction;
use Durable\Step;

#[AsFunction(id: 'ship', trigger: ['event' => 'order.placed'], concurrency: 2)]
final class Ship
{
    public function __invoke(Order $order, Step $step): string
    {
        return "{$order->id} {$order->kind->name} {$order->items[0]->name} {$order->items[0]->count}";
    }
}
