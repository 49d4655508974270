<?php

declare(strict_types=1);

namespace Durable\Tests\stubs;

/** Data in public properties, of a class whose constructor takes nothing. */
final class Settings
{
    public string $name;
    public int $count = 1;
    public ?Item $item = null;
    public readonly string $madeBy;

    public function __construct()
    {
        $this->madeBy = 'the constructor';
    }
}
