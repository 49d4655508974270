<?php

declare(strict_types=1);

namespace Durable\Json;

/** JSON text that is kept as it is, and written as it came. */
final class RawJson
{
    public function __construct(public readonly string $text)
    {
    }
}
