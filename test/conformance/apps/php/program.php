<?php

// The interpreter: what a porter writes once.

declare(strict_types=1);

use Durable\Exception\Named;
use Durable\Exception\NonRetriableError;
use Durable\Exception\RetryAfterError;
use Durable\Step;
use Durable\StepContext;

final class Returned extends Exception
{
    public function __construct(public readonly mixed $value)
    {
        parent::__construct();
    }
}

final class PlainError extends Exception implements Named
{
    public function __construct(string $message, private readonly string $name)
    {
        parent::__construct($message);
    }

    public function errorName(): string
    {
        return $this->name;
    }
}

final class FinalError extends NonRetriableError implements Named
{
    public function __construct(string $message, private readonly string $name)
    {
        parent::__construct($message);
    }

    public function errorName(): string
    {
        return $this->name;
    }
}

final class LaterError extends RetryAfterError implements Named
{
    public function __construct(string $message, int $afterMs, private readonly string $name)
    {
        parent::__construct($message, $afterMs);
    }

    public function errorName(): string
    {
        return $this->name;
    }
}

final class Program
{
    /** @param list<mixed> $results Shared with whoever runs a block within this one. */
    private function __construct(
        private readonly Step $step,
        private readonly string $countAt,
        private array &$results,
        private readonly int $i = 0,
    ) {
    }

    public static function run(Step $step, array $data): mixed
    {
        $results = [];
        try {
            (new self($step, $data['count_at'] ?? '', $results))->block($data['program']);
        } catch (Returned $returned) {
            return $returned->value;
        }
        return $results;
    }

    private function block(array $program): void
    {
        foreach ($program as $statement) {
            $this->one($statement);
        }
    }

    private function one(array $statement): void
    {
        $step = $this->step;
        $name = $statement['name'] ?? '';
        switch ($statement['do']) {
            case 'run':
                $this->results[] = $this->runStep($statement);
                return;
            case 'sleep':
                $step->sleep($name, $statement['ms']);
                $this->results[] = null;
                return;
            case 'wait':
                $this->results[] = $step->waitForEvent($name, array_filter([
                    'event' => $statement['event'],
                    'match' => $statement['match'] ?? null,
                    'timeout' => $statement['timeout_ms'],
                ], static fn (mixed $value): bool => $value !== null));
                return;
            case 'signal':
                $this->results[] = $step->waitForSignal($name, key: $statement['key'], timeout: $statement['timeout_ms']);
                return;
            case 'invoke':
                $call = fn (): mixed => $step->invoke(
                    $name,
                    $statement['fn'],
                    input: $this->meant($statement['data'] ?? null),
                    app: $statement['app'] ?? null,
                );
                $this->results[] = ($statement['catch'] ?? false) ? self::caught($call) : $call();
                return;
            case 'send':
                $step->sendEvent($name, array_map(
                    fn (array $event): array => ['name' => $event['name'], 'data' => $this->meant($event['data'] ?? null)],
                    $statement['events'],
                ));
                $this->results[] = null;
                return;
            case 'loop':
                for ($i = 0; $i < $statement['times']; $i += 1) {
                    (new self($step, $this->countAt, $this->results, $i))->block($statement['body']);
                }
                return;
            case 'parallel':
                $this->results[] = $step->parallel($this->branches($statement['branches']));
                return;
            case 'race':
                $this->results[] = $step->race($this->branches($statement['branches']));
                return;
            case 'once':
                $call = fn (): mixed => $step->run($name, $this->body($statement), atMostOnce: true);
                $this->results[] = ($statement['catch'] ?? false) ? self::caught($call) : $call();
                return;
            case 'undo':
                $this->results[] = $step->run(
                    $name,
                    $this->body($statement),
                    compensate: fn () => $this->count("undo:{$name}"),
                );
                return;
            case 'each':
                $this->results[] = $step->forEach(
                    range(0, $statement['times'] - 1),
                    function (int $item, int $index, Step $step) use ($statement): array {
                        $results = [];
                        (new self($step, $this->countAt, $results, $item))->block($statement['body']);
                        return $results;
                    },
                    name: $name,
                );
                return;
            case 'answer':
                $step->onQuery($name, fn (): mixed => $this->meant($statement['returns'] ?? null));
                return;
            case 'beat':
                $this->results[] = $step->run($name, function (StepContext $context) use ($statement, $name): mixed {
                    $this->count($name);
                    $context->heartbeat($statement['data']);
                    usleep($statement['delay_ms'] * 1_000);
                    return $statement['returns'] ?? null;
                });
                return;
            case 'throw':
                throw self::errorOf($statement);
            case 'return':
                throw new Returned($this->meant($statement['value'] ?? null));
            default:
                throw new FinalError("There is no statement \"{$statement['do']}\".", 'UnknownStatementError');
        }
    }

    /** @return list<callable(Step): array> */
    private function branches(array $programs): array
    {
        return array_map(fn (array $program): Closure => function (Step $step) use ($program): array {
            $results = [];
            (new self($step, $this->countAt, $results, $this->i))->block($program);
            return $results;
        }, $programs);
    }

    private function runStep(array $statement): mixed
    {
        $call = fn (): mixed => $this->step->run($statement['name'], $this->body($statement));
        if ($statement['catch'] ?? false) {
            return self::caught($call);
        }
        if (!($statement['swallow'] ?? false)) {
            return $call();
        }
        try {
            return $call();
        } catch (Throwable) {
            return null;
        }
    }

    private function body(array $statement): Closure
    {
        if (array_key_exists('returns', $statement)) {
            return function (StepContext $context) use ($statement): mixed {
                $this->happens($statement, $context);
                return $this->meant($statement['returns'], $context);
            };
        }
        return function (StepContext $context) use ($statement): void {
            $this->happens($statement, $context);
        };
    }

    private function happens(array $statement, StepContext $context): void
    {
        $this->count($statement['name']);
        if (isset($statement['delay_ms'])) {
            usleep($statement['delay_ms'] * 1_000);
        }
        if (isset($statement['throws']) && $context->attempt <= ($statement['fails'] ?? PHP_INT_MAX)) {
            throw self::errorOf($statement['throws']);
        }
    }

    private function count(string $name): void
    {
        static $line = null;
        $line ??= curl_init();
        curl_setopt_array($line, [
            CURLOPT_URL => $this->countAt,
            CURLOPT_POST => true,
            CURLOPT_POSTFIELDS => $name,
            CURLOPT_HTTPHEADER => ['content-type: text/plain', 'expect:'],
            CURLOPT_RETURNTRANSFER => true,
        ]);
        curl_exec($line);
    }

    private static function caught(callable $call): mixed
    {
        try {
            return $call();
        } catch (Exception $error) {
            $name = $error instanceof Named ? $error->errorName() : $error::class;
            return ['caught' => $name, 'message' => $error->getMessage()];
        }
    }

    private static function errorOf(array $throws): Throwable
    {
        $name = $throws['name'] ?? null;
        if (isset($throws['retry_after_ms'])) {
            return new LaterError($throws['message'], $throws['retry_after_ms'], $name ?? 'RetryAfterError');
        }
        return ($throws['retry'] ?? true) === false
            ? new FinalError($throws['message'], $name ?? 'NonRetriableError')
            : new PlainError($throws['message'], $name ?? 'Error');
    }

    private function meant(mixed $value, ?StepContext $context = null): mixed
    {
        return match ($value) {
            '$results' => $this->results,
            '$last' => $this->results === [] ? null : $this->results[count($this->results) - 1],
            '$i' => $this->i,
            '$attempt' => $context?->attempt,
            '$key' => $context?->idempotencyKey,
            default => $value,
        };
    }
}
