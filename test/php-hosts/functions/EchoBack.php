<?php

declare(strict_types=1);

namespace Fixture;

use Durable\Attribute\AsFunction;

/** What is measured: as little as a function can do. */
#[AsFunction(id: 'echo')]
final class EchoBack
{
    public function __invoke(array $event): mixed
    {
        return $event['data'];
    }
}
