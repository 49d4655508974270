<?php

declare(strict_types=1);

namespace Durable\Testing;

use Durable\DurableFunction;
use Durable\Json\Value;

/**
 * Runs a function in memory, without an engine: sleeps, retries and timeouts move a clock of its own and cost no time. Say
 * beforehand what the world answers:
 *
 *     $result = (new FunctionTester($onboarding))
 *         ->event('approval.received', ['userId' => 1], after: '2d')
 *         ->run(['id' => 1]);
 *
 * What a step does is really done, or is what `fake` says. It knows no limits, schedules or conditions in CEL: whether the whole
 * works, a test against an engine tells.
 */
final class FunctionTester
{
    private readonly World $world;

    public function __construct(private readonly DurableFunction $fn)
    {
        $this->world = new World();
    }

    /** An event that comes so long after the run began, for those who wait for it. */
    public function event(string $name, mixed $data = null, int|float|string|\DateInterval $after = 0): self
    {
        $this->world->willCome($name, self::plain($data), $after);
        return $this;
    }

    /** A signal that comes so long after the run began. */
    public function signal(string $key, mixed $payload = null, int|float|string|\DateInterval $after = 0): self
    {
        $this->world->willSignal($key, self::plain($payload), $after);
        return $this;
    }

    /** What a person answers to the question of this name; of an approval `['approved' => true]`. */
    public function answer(string $stepName, mixed $value, string $by = 'test'): self
    {
        $this->world->answers[$stepName] = ['value' => self::plain($value), 'by' => $by];
        return $this;
    }

    /** What another function returns, or throws, that is invoked or spawned: `fn (mixed $input) => ..`. */
    public function child(string $functionId, callable $child): self
    {
        $this->world->children[$functionId] = \Closure::fromCallable($child);
        return $this;
    }

    /**
     * What a `$step->fetch` of this name is answered: `['status' => 200, 'headers' => [], 'body' => '..']`.
     *
     * @param array<string, mixed> $answer What it does not say is as in the example.
     */
    public function fetched(string $stepName, array $answer): self
    {
        $this->world->fetched[$stepName] = $answer + ['status' => 200, 'headers' => [], 'body' => ''];
        return $this;
    }

    /** The step of this name returns this, and its code is not called. */
    public function fake(string $stepName, mixed $value): self
    {
        $this->world->fakes[$stepName] = self::plain($value);
        return $this;
    }

    /**
     * One run, from its start until it ends or waits for what nobody said. May be called again: each is a run of its own.
     *
     * @param mixed $data Of the event that starts the run.
     * @throws \LogicException where the code does another thing than before, or waits with an expression.
     */
    public function run(mixed $data = null, string $eventName = 'test'): TestResult
    {
        $event = [
            'id' => 'evt_test',
            'name' => $eventName,
            'data' => self::plain($data),
            'time' => '2026-01-01T00:00:00.000Z',
        ];
        // What one run takes away, another one finds.
        return (new MemoryEngine(clone $this->world, $this->fn, $event))->run();
    }

    /** As it comes out of an engine. */
    private static function plain(mixed $value): mixed
    {
        return Value::of(Value::toJson('The test gives', $value));
    }
}
