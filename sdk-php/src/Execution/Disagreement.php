<?php

declare(strict_types=1);

namespace Durable\Execution;

/** Code that asks for something else than what is recorded in that place. */
final class Disagreement
{
    /**
     * How a turn ends where they disagree; null when they agree.
     *
     * @param array<string, mixed> $entry
     */
    public static function between(StepCall $call, int $n, array $entry): ?TurnEnd
    {
        $isSameOp = $entry['op'] === $call->op;
        if ($isSameOp && $call->fits($entry)) {
            return null;
        }
        $frame = CodeFrame::here();
        $where = $frame === null ? '' : ", at {$frame}";
        $recorded = $isSameOp
            ? "is recorded as another kind of \"{$call->op}\" than the code now asks for under that name{$where}."
            : "is recorded as \"{$entry['op']}\", and the code now asks for \"{$call->op}\" under that name{$where}.";
        return TurnEnd::nondeterministic("Step \"{$call->name}\" ({$n}) {$recorded}", $frame);
    }
}
