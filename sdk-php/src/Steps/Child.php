<?php

declare(strict_types=1);

namespace Durable\Steps;

use Durable\DurableFunction;
use Durable\Exception\InvalidOption;
use Durable\Exception\NonRetriableError;
use Durable\Execution\Scope;
use Durable\Execution\StepCall;
use Durable\Execution\Turn;
use Durable\Json\Value;
use Durable\Options\Shown;
use Durable\Options\Slug;
use Durable\Wire\Limits;

/** `$step->invoke` and `$step->spawn`: another function as a child run, of this app or of one that lets it. */
final class Child
{
    public static function invoke(
        Turn $turn,
        Scope $scope,
        string $name,
        string|DurableFunction $fn,
        mixed $input,
        mixed $timeout,
        ?string $onCancel,
        ?string $app,
    ): mixed {
        return $turn->ask(
            new StepCall('invoke', $name),
            $scope,
            static function (string $id, int $n) use ($turn, $scope, $name, $fn, $input, $timeout, $onCancel, $app): void {
                $turn->report(
                    ['op' => 'invoke', 'id' => $id, 'name' => $name, 'n' => $n]
                        + self::onWire('invoke', $name, $fn, $input, $onCancel, $app) + Wait::timeout("Step \"{$name}\"", $timeout),
                    $scope,
                );
            },
        );
    }

    public static function spawn(
        Turn $turn,
        Scope $scope,
        string $name,
        string|DurableFunction $fn,
        mixed $input,
        ?string $onCancel,
        ?string $app,
    ): string {
        return $turn->ask(
            new StepCall('spawn', $name),
            $scope,
            static function (string $id, int $n) use ($turn, $scope, $name, $fn, $input, $onCancel, $app): void {
                $turn->report(
                    ['op' => 'invoke', 'id' => $id, 'name' => $name, 'n' => $n, 'spawn' => true]
                        + self::onWire('spawn', $name, $fn, $input, $onCancel, $app),
                    $scope,
                );
            },
        );
    }

    /** @return array<string, mixed> */
    private static function onWire(
        string $verb,
        string $name,
        string|DurableFunction $fn,
        mixed $input,
        ?string $onCancel,
        ?string $app,
    ): array {
        $subject = "Step \"{$name}\"";
        $id = $fn instanceof DurableFunction ? $fn->id : $fn;
        try {
            Slug::check('The function id', $id);
        } catch (InvalidOption $problem) {
            throw new NonRetriableError(
                "{$subject}: \$step->{$verb} takes a function or its id. {$problem->getMessage()}.",
                $problem,
            );
        }
        if ($app !== null) {
            try {
                Slug::check('"app"', $app);
            } catch (InvalidOption $problem) {
                throw new NonRetriableError("{$subject}: {$problem->getMessage()}.", $problem);
            }
        }
        if ($onCancel !== null && $onCancel !== 'cascade' && $onCancel !== 'abandon') {
            throw new NonRetriableError(
                "{$subject}: \"onCancel\" must be \"cascade\" or \"abandon\", not " . Shown::text($onCancel) . '.',
            );
        }
        $child = ['fn' => $id] + ($app === null ? [] : ['app' => $app]);
        if ($input !== null) {
            $child['input'] = Value::toJson("{$subject} gives \"{$id}\"", $input, Limits::EVENT_BYTES_MAX);
        }
        return $onCancel === null ? $child : $child + ['on_cancel' => $onCancel];
    }
}
