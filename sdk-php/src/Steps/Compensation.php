<?php

declare(strict_types=1);

namespace Durable\Steps;

use Durable\Duration;
use Durable\Exception\InvalidOption;
use Durable\Exception\NonRetriableError;
use Durable\Execution\Failure;
use Durable\Execution\Turn;
use Durable\Options\Options;
use Durable\Options\RetryPolicy;
use Durable\StepContext;
use Durable\Wire\StepId;

/** What undoes a step, given its result as it was recorded. */
final class Compensation
{
    /** @param array<string, mixed>|null $policy */
    private function __construct(
        private readonly \Closure $code,
        private readonly ?array $policy,
        private readonly mixed $decide,
        private readonly ?int $timeoutMs,
    ) {
    }

    /**
     * @param mixed $declared A function, or `['run' => a function, 'retry' => .., 'timeout' => ..]`.
     * @param array<string, mixed> $ofFunction
     * @throws NonRetriableError when it is none: found when the step runs, not when it must be undone.
     */
    public static function read(string $name, mixed $declared, array $ofFunction): self
    {
        $isPlain = is_callable($declared);
        $run = $isPlain ? $declared : (is_array($declared) ? $declared['run'] ?? null : null);
        if (!is_callable($run)) {
            throw new NonRetriableError(
                "Step \"{$name}\": \"compensate\" must be a function (\$result, \$context), or ['run' => .., 'retry' => .., "
                . "'timeout' => ..] with one.",
            );
        }
        $code = UserCode::closure("Step \"{$name}\": \"compensate\"", $run);
        try {
            $options = $isPlain ? [] : Options::checked('compensate', $declared, ['run', 'retry', 'timeout']);
            $retry = $options['retry'] ?? null;
            return new self(
                $code,
                $retry === null ? null : RetryPolicy::onWire($retry, $ofFunction),
                RetryPolicy::decideOf($retry, $ofFunction),
                isset($options['timeout']) ? Duration::attemptMs($options['timeout']) : null,
            );
        } catch (InvalidOption $problem) {
            throw new NonRetriableError("Step \"{$name}\", compensate: {$problem->getMessage()}", $problem);
        }
    }

    /** @return array<string, mixed> The op that says how it went: one attempt, with a key for idempotent calls of its own. */
    public function undo(Turn $turn, string $name, string $stepId, mixed $result): array
    {
        $id = StepId::of($stepId, $name, 0);
        $op = ['op' => 'compensate', 'id' => $id, 'scope' => $stepId, 'name' => $name, 'n' => 0];
        $attempt = $turn->attemptOf($id);
        $body = new Body($turn, $id, $name, $attempt, $this->timeoutMs, null);
        $code = $this->code;
        $policyOp = $this->policy === null ? [] : ['retry_policy' => $this->policy];
        $turn->bodies->runs($op + $policyOp);
        // What it returns is of no use to anybody, and must not be a reason to fail.
        $end = $body->run(static function (StepContext $context) use ($code, $result): void {
            $code($result, $context);
        });
        $turn->bodies->runs(null);
        if ($end->thrown === null) {
            return $op + ['st' => 'ok'] + $end->said();
        }
        $error = Failure::decided($this->decide, $attempt, $end->thrown, Failure::of($end->thrown));
        return $op + ['st' => 'err', 'error' => $error] + $policyOp + $end->said();
    }
}
