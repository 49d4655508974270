<?php

declare(strict_types=1);

namespace Durable\Execution;

/** Somebody in user code who waits for a step. */
final class Waiting
{
    public function __construct(
        public readonly string $id,
        public readonly StepCall $call,
        public readonly Scope $scope,
        public readonly Task $task,
    ) {
    }
}
