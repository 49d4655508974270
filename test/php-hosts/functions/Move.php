<?php

declare(strict_types=1);

namespace Fixture;

use Durable\Attribute\AsFunction;
use Durable\Step;

/** A run that another deployment finds asleep. Each step says where it ran. */
#[AsFunction(id: 'move', trigger: ['event' => 'move.asked'])]
final class Move
{
    public function __invoke(array $event, Step $step): array
    {
        $where = static fn (): string => 'php ' . PHP_VERSION;
        $before = $step->run('before', $where);
        $step->sleep('asleep', $event['data']['sleepMs']);
        return [$before, $step->run('after', $where), $step->run('after', $where)];
    }
}
