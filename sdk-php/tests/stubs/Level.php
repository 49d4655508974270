<?php

declare(strict_types=1);

namespace Durable\Tests\stubs;

enum Level: int
{
    case Low = 1;
    case High = 2;
}
