<?php

namespace App;

use Durable\DurableFunction;

final class MadeByHand
{
    public static function make(): DurableFunction
    {
        return new DurableFunction(id: 'made-by-hand', handler: static fn (): string => 'by hand');
    }
}
