<?php

declare(strict_types=1);

namespace Durable\Steps;

use Durable\Execution\Scope;
use Durable\Execution\StepCall;
use Durable\Execution\Turn;
use Durable\Json\Value;
use Durable\Schema\DataReader;
use Durable\Schema\Schema;
use Durable\Wire\Limits;

/** `$step->waitForApproval` and `$step->waitForInput`: a question to a person. */
final class AskPerson
{
    public static function approval(Turn $turn, Scope $scope, string $name, Question $question): ?array
    {
        $read = static fn (mixed $answer): ?array => $answer === null
            ? null
            : [...(array) $answer['value'], 'by' => $answer['by'], 'at' => $answer['at']];
        return $turn->ask(
            new StepCall('approval', $name, read: $read),
            $scope,
            static function (string $id, int $n) use ($turn, $scope, $name, $question): void {
                $turn->report(
                    ['op' => 'input', 'id' => $id, 'name' => $name, 'n' => $n, 'kind' => 'approval']
                        + $question->onWire("Step \"{$name}\""),
                    $scope,
                );
            },
        );
    }

    public static function input(Turn $turn, Scope $scope, string $name, string|array|null $schema, Question $question): ?array
    {
        $subject = "Step \"{$name}\"";
        $read = static function (mixed $answer) use ($subject, $schema): mixed {
            if ($answer === null || !is_string($schema)) {
                return $answer;
            }
            return ['value' => DataReader::read($schema, $answer['value'] ?? null, "The answer to {$subject}")] + $answer;
        };
        return $turn->ask(
            new StepCall('input', $name, read: $read),
            $scope,
            static function (string $id, int $n) use ($turn, $scope, $name, $schema, $subject, $question): void {
                $op = ['op' => 'input', 'id' => $id, 'name' => $name, 'n' => $n, 'kind' => 'input'] + $question->onWire($subject);
                if ($schema !== null) {
                    $json = is_string($schema) ? Schema::ofClass($schema) : $schema;
                    $op['schema'] = Value::toJson("{$subject} has a schema of", (object) $json, Limits::INPUT_SCHEMA_BYTES_MAX);
                }
                $turn->report($op, $scope);
            },
        );
    }
}
