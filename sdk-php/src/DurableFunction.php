<?php

declare(strict_types=1);

namespace Durable;

use Durable\Attribute\AsFunction;
use Durable\Exception\InvalidDefinition;
use Durable\Exception\InvalidOption;
use Durable\Exception\NonRetriableError;
use Durable\Options\Batch;
use Durable\Options\Bounds;
use Durable\Options\CancelOn;
use Durable\Options\Concurrency;
use Durable\Options\Debounce;
use Durable\Options\Idempotency;
use Durable\Options\Invokes;
use Durable\Options\Order;
use Durable\Options\RateLimit;
use Durable\Options\RetryPolicy;
use Durable\Options\Search;
use Durable\Options\Singleton;
use Durable\Options\Slug;
use Durable\Options\Throttle;
use Durable\Options\Timeouts;
use Durable\Options\Triggers;
use Durable\Schema\Schema;
use Durable\Steps\UserCode;

/**
 * A function that an app serves. The handler is called again from the top after each step, with the results so far: keep
 * clocks, chance and everything that has effects inside steps.
 */
final class DurableFunction
{
    public readonly \Closure $handler;
    /** @var class-string|null What the handler takes in the place of the event. */
    public readonly ?string $dataClass;
    /** @var class-string|null Of `$event['data']`. */
    public readonly ?string $inputClass;
    public readonly ?\Closure $onFailure;
    /** @var array<string, mixed> What its steps go by where they say nothing. */
    public readonly array $policy;
    /** @var array<string, mixed> As the wire has it. */
    private readonly array $manifest;

    /**
     * @param string $id Unique in the app: 1 to 100 of A-Z a-z 0-9 _ . - It names the function for ever.
     * @param callable $handler `function (array $event, Step $step, RunContext $context)`. When its first parameter has a class
     *     as its type, it gets the event's data as an object of that class, and an event that does not fit starts no run.
     * @param array<string, mixed>|string|null $trigger An event's name, `['event' => .., 'if' => ..]` or `['cron' => .., 'tz' => ..,
     *     'jitter' => .., 'catchUp' => .., 'overlap' => .., 'if' => .., 'data' => ..]`. Without one it is started only by hand.
     * @param list<array<string, mixed>|string>|null $triggers Up to ten, any of which starts a run.
     * @param class-string|array<string, mixed>|null $input Of `$event['data']`: a class, or a JSON Schema for the engine.
     * @param class-string|array<string, mixed>|null $output Of what the handler returns, likewise.
     * @param array<string, mixed>|null $retry For its steps, unless a step has its own, and for errors outside of steps: `max`,
     *     `backoff`, `base`, `factor`, `maxDelay`, `jitter`, `maxDuration`, `retryOn`, `stopOn`, `decide`.
     * @param 'fail'|'pause'|null $onExhausted What follows the last attempt: it fails, or the run pauses until a person resumes it.
     * @param callable|null $onFailure `function (FailedRun $failed, Step $step)`: called when a run has failed for good, as a run
     *     of its own with steps of its own.
     * @param list<self|string>|null $invokes The functions that it starts with `$step->invoke` and `$step->spawn`.
     * @param int|array<array-key, mixed>|null $concurrency So many at a time: a number, `['limit' => .., 'key' => .., 'scope' => ..,
     *     'unit' => ..]`, or a list of up to four of them.
     * @param array<string, mixed>|null $throttle `['limit' => .., 'period' => .., 'burst' => .., 'key' => .., 'name' => .., 'units' => ..]`
     * @param array<string, mixed>|null $rateLimit `['limit' => .., 'period' => .., 'burst' => .., 'key' => .., 'onLimit' => ..]`
     * @param array<string, mixed>|null $debounce `['period' => .., 'key' => .., 'maxWait' => .., 'edge' => ..]`
     * @param array<string, mixed>|null $batch `['maxSize' => .., 'maxWait' => .., 'maxBytes' => .., 'key' => ..]`
     * @param array<string, mixed>|null $singleton `['mode' => .., 'key' => ..]`
     * @param array<string, mixed>|null $idempotency `['key' => .., 'period' => ..]`
     * @param array<string, mixed>|null $fairness `['key' => .., 'weight' => ..]`
     * @param int|string|array{cel: string}|null $priority Seconds by which its jobs go earlier than others, from -600 to 600.
     * @param array<string, mixed>|null $timeouts `['start' => .., 'finish' => ..]`
     * @param list<array<string, mixed>>|null $cancelOn `['event' => .., 'match' => .., 'if' => .., 'timeout' => ..]`
     * @param 'latest'|'pinned'|'drain'|null $version Which deployment continues a run that is under way.
     * @param list<string>|null $tags Up to ten words that its runs are found by.
     * @param list<string>|null $searchable Up to ten paths into its events, such as "data.user.id", that its runs are found by.
     * @throws InvalidDefinition with what to change.
     */
    public function __construct(
        public readonly string $id,
        callable $handler,
        array|string|null $trigger = null,
        ?array $triggers = null,
        string|array|null $input = null,
        string|array|null $output = null,
        ?array $retry = null,
        ?string $onExhausted = null,
        ?callable $onFailure = null,
        ?array $invokes = null,
        int|array|null $concurrency = null,
        ?array $throttle = null,
        ?array $rateLimit = null,
        ?array $debounce = null,
        ?array $batch = null,
        ?array $singleton = null,
        ?array $idempotency = null,
        ?array $fairness = null,
        int|string|array|null $priority = null,
        ?array $timeouts = null,
        ?array $cancelOn = null,
        ?string $version = null,
        ?array $tags = null,
        ?array $searchable = null,
    ) {
        try {
            Slug::check('The function id', $id);
            $this->handler = UserCode::closure('Its handler', $handler);
            $this->onFailure = $onFailure === null ? null : UserCode::closure('Its onFailure', $onFailure);
            if ($this->onFailure !== null) {
                // It becomes a function of its own, which is named after this one.
                Slug::check('The id of its onFailure', $this->failureFunctionId());
            }
            if ($trigger !== null && $triggers !== null) {
                throw new InvalidOption('it has both "trigger" and "triggers": write one of them.');
            }
            $this->dataClass = self::dataClassOf($this->handler);
            $this->inputClass = is_string($input) ? $input : $this->dataClass;
            $this->policy = RetryPolicy::withOnExhausted($retry, $onExhausted);
            if ($debounce !== null && ($debounce['edge'] ?? null) === 'leading' && $batch !== null) {
                throw new InvalidOption('a batch begins with its last event, so it cannot have a debounce with the edge "leading".');
            }
            $policy = RetryPolicy::onWire($this->policy);
            $this->manifest = array_filter([
                'id' => $id,
                'triggers' => Triggers::onWire($triggers === null ? ($trigger === null ? [] : [$trigger]) : array_values($triggers)),
                'retry' => $this->policy === [] ? null : $policy,
                'on_failure' => $this->onFailure === null ? null : $this->failureFunctionId(),
                'invokes' => $invokes === null ? null : Invokes::onWire($invokes),
                'concurrency' => $concurrency === null ? null : Concurrency::onWire($concurrency),
                'throttle' => $throttle === null ? null : Throttle::onWire($throttle),
                'idempotency' => $idempotency === null ? null : Idempotency::onWire($idempotency),
                'debounce' => $debounce === null ? null : Debounce::onWire($debounce),
                'batch' => $batch === null ? null : Batch::onWire($batch),
                'rate_limit' => $rateLimit === null ? null : RateLimit::onWire($rateLimit),
                'singleton' => $singleton === null ? null : Singleton::onWire($singleton),
                'fairness' => $fairness === null ? null : Order::fairness($fairness),
                'priority' => $priority === null ? null : Order::priority($priority),
                'timeouts' => $timeouts === null ? null : Timeouts::onWire($timeouts),
                'cancel_on' => $cancelOn === null ? null : CancelOn::onWire($cancelOn),
                'version' => $version === null ? null : Bounds::oneOf('version', $version, ['latest', 'pinned', 'drain']),
                'tags' => $tags === null ? null : Search::tags($tags),
                'searchable' => $searchable === null ? null : Search::searchable($searchable),
                'input' => self::schemaOf($input ?? $this->dataClass),
                'output' => self::schemaOf($output),
            ], static fn (mixed $value): bool => $value !== null);
        } catch (InvalidOption | NonRetriableError $problem) {
            throw new InvalidDefinition("Function \"{$id}\": {$problem->getMessage()}", 0, $problem);
        }
    }

    /**
     * Of an object with `#[AsFunction]` and `__invoke`.
     *
     * @throws InvalidDefinition
     */
    public static function of(object $handler): self
    {
        $attributes = (new \ReflectionClass($handler))->getAttributes(AsFunction::class);
        if ($attributes === [] || !is_callable($handler)) {
            throw new InvalidDefinition(
                $handler::class . ' is no function: it needs the attribute #[AsFunction(id: \'..\')] and a method __invoke.',
            );
        }
        $attribute = $attributes[0]->newInstance();
        try {
            return new self($attribute->id, $handler, ...$attribute->options);
        } catch (\Error $problem) {
            // An option that there is none of, or one of another type.
            throw new InvalidDefinition("Function \"{$attribute->id}\": {$problem->getMessage()}", 0, $problem);
        }
    }

    /** @return array<string, mixed> What `inspect` says of it. */
    public function manifest(): array
    {
        return $this->manifest;
    }

    /** The function that the engine starts when a run of this one has failed; null without `onFailure`. */
    public function failureFunction(): ?self
    {
        if ($this->onFailure === null) {
            return null;
        }
        $onFailure = $this->onFailure;
        $retry = $this->policy;
        unset($retry['onExhausted']);
        return new self(
            $this->failureFunctionId(),
            static function (array $event, Step $step) use ($onFailure): mixed {
                $data = $event['data'];
                return $onFailure(new FailedRun(
                    new Exception\RestoredError($data['error']),
                    $data['step'],
                    $data['run']['id'],
                    $data['run']['started_at'],
                    $data['function'],
                    $data['event'],
                ), $step);
            },
            retry: $retry === [] ? null : $retry,
        );
    }

    private function failureFunctionId(): string
    {
        return "{$this->id}.on-failure";
    }

    /** @return class-string|null */
    private static function dataClassOf(\Closure $handler): ?string
    {
        $first = (new \ReflectionFunction($handler))->getParameters()[0] ?? null;
        $type = $first?->getType();
        if (!$type instanceof \ReflectionNamedType || $type->isBuiltin()) {
            return null;
        }
        $class = $type->getName();
        if (!class_exists($class) || $class === Step::class || $class === RunContext::class) {
            throw new InvalidOption('the first parameter of its handler is the event: an array, or the class of its data.');
        }
        return $class;
    }

    private static function schemaOf(string|array|null $schema): mixed
    {
        return is_string($schema) ? (object) Schema::ofClass($schema) : ($schema === null ? null : (object) $schema);
    }
}
