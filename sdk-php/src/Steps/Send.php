<?php

declare(strict_types=1);

namespace Durable\Steps;

use Durable\Exception\NonRetriableError;
use Durable\Execution\Scope;
use Durable\Execution\StepCall;
use Durable\Execution\Turn;
use Durable\Wire\Limits;

/** `$step->sendEvent`: sent in the same commit that records the step, so exactly once. */
final class Send
{
    /** @param array<array-key, mixed> $events One event, or a list of them. */
    public static function ask(Turn $turn, Scope $scope, string $name, array $events): array
    {
        $read = static fn (mixed $ids): array => ['ids' => $ids];
        return $turn->ask(
            new StepCall('send', $name, read: $read),
            $scope,
            static function (string $id, int $n) use ($turn, $scope, $name, $events): void {
                $list = $events === [] || array_is_list($events) ? $events : [$events];
                $count = count($list);
                if ($count === 0 || $count > Limits::EVENTS_PER_SEND_MAX) {
                    throw new NonRetriableError("Step \"{$name}\": send 1 to 5000 events, not {$count}.");
                }
                $onWire = array_map(static fn (mixed $event): array => EventOnWire::of("Step \"{$name}\"", $event), $list);
                $turn->report(['op' => 'send', 'id' => $id, 'name' => $name, 'n' => $n, 'events' => $onWire], $scope);
            },
        );
    }
}
