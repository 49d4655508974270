<?php

declare(strict_types=1);

namespace Durable\Execution;

use Durable\Exception\NonRetriableError;

/** Steps that get a task of their own instead of running in the turn that reaches them. */
final class OwnTask
{
    /**
     * The op that asks for one; null when it is begun here.
     *
     * @throws NonRetriableError when this engine cannot do what the step asks for.
     */
    public static function opFor(StepCall $call, Scope $scope, bool $hearsBeats, bool $canClaim): ?string
    {
        if ($call->op !== 'run') {
            return null;
        }
        if ($call->watch !== null && !$hearsBeats) {
            throw new NonRetriableError(
                "Step \"{$call->name}\" has a \"heartbeatTimeout\", and the engine cannot hear it. Set DURABLE_URL where the app "
                . 'runs to the address of the engine.',
            );
        }
        if (!$call->atMostOnce) {
            return $call->watch !== null || $scope->plans ? 'plan' : null;
        }
        return $canClaim
            ? 'start'
            : throw new NonRetriableError("Step \"{$call->name}\": this engine cannot run a step at most once. Update the engine.");
    }
}
