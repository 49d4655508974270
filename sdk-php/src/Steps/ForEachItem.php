<?php

declare(strict_types=1);

namespace Durable\Steps;

use Durable\Exception\NonRetriableError;
use Durable\Execution\Scope;
use Durable\Execution\Task;
use Durable\Execution\Turn;
use Durable\Options\Shown;
use Durable\Step;
use Durable\Wire\StepName;

/** `$step->forEach`: a loop whose items are durable. */
final class ForEachItem
{
    /**
     * @param list<mixed> $items
     * @param \Closure(Scope): Step $stepIn
     * @return list<mixed>
     */
    public static function run(
        Turn $turn,
        Scope $scope,
        string $name,
        array $items,
        callable $code,
        int $concurrency,
        \Closure $stepIn,
    ): array {
        $problem = StepName::problem($name);
        if ($problem !== null) {
            throw new NonRetriableError('forEach ' . Shown::text($name) . ": {$problem}");
        }
        if ($concurrency < 1) {
            throw new NonRetriableError("forEach \"{$name}\": \"concurrency\" is a whole number from 1, not {$concurrency}.");
        }
        $closure = UserCode::closure("forEach \"{$name}\": its function", $code);
        $point = $turn->remember("forEach \"{$name}\"", static fn (): Loop => Loop::at($turn, $scope, $name, $items, $closure, $stepIn));
        return $concurrency === 1 ? $point->oneByOne() : $turn->join(
            "forEach \"{$name}\", its items",
            static fn (Task $waiting): Loop => $point->beside($concurrency, $waiting),
            static fn (Loop $loop) => $loop->again($closure),
        );
    }
}
