<?php

declare(strict_types=1);

namespace Durable\Attribute;

/** Makes a class with `__invoke` a function: its arguments are those of DurableFunction, without the handler. */
#[\Attribute(\Attribute::TARGET_CLASS)]
final class AsFunction
{
    /** @var array<string, mixed> */
    public readonly array $options;

    public function __construct(public readonly string $id, mixed ...$options)
    {
        $this->options = $options;
    }
}
