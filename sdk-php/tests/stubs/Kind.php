<?php

declare(strict_types=1);

namespace Durable\Tests\stubs;

enum Kind: string
{
    case Small = 'small';
    case Large = 'large';
}
