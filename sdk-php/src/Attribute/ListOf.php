<?php

declare(strict_types=1);

namespace Durable\Attribute;

/** Of what a property that is an array has a list: a class, or `string`, `int`, `float`, `bool`. */
#[\Attribute(\Attribute::TARGET_PROPERTY | \Attribute::TARGET_PARAMETER)]
final class ListOf
{
    public function __construct(public readonly string $type)
    {
    }
}
