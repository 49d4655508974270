<?php

declare(strict_types=1);

namespace Fixture;

use Durable\Attribute\AsFunction;
use Durable\Step;

#[AsFunction(id: 'child')]
final class Child
{
    public function __invoke(array $event, Step $step): int
    {
        return $step->run('double', static fn (): int => $event['data']['number'] * 2);
    }
}
