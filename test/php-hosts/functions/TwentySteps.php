<?php

declare(strict_types=1);

namespace Fixture;

use Durable\Attribute\AsFunction;
use Durable\Step;

/** How often is a framework started for it? */
#[AsFunction(id: 'twenty-steps', trigger: ['event' => 'twenty.asked'])]
final class TwentySteps
{
    private const STEPS = 20;

    public function __invoke(array $event, Step $step): int
    {
        $sum = 0;
        for ($at = 1; $at <= self::STEPS; $at += 1) {
            $sum += $step->run('add', static fn (): int => $at);
        }
        return $sum;
    }
}
