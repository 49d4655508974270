<?php

declare(strict_types=1);

namespace Durable;

use Durable\Execution\Scope;
use Durable\Execution\StepLog;
use Durable\Execution\Turn;
use Durable\Json\Value;
use Durable\Steps\AskPerson;
use Durable\Steps\Branch;
use Durable\Steps\Child;
use Durable\Steps\Fetch;
use Durable\Steps\ForEachItem;
use Durable\Steps\Joins;
use Durable\Steps\OnQuery;
use Durable\Steps\Question;
use Durable\Steps\Run;
use Durable\Steps\RunOptions;
use Durable\Steps\Send;
use Durable\Steps\Signal;
use Durable\Steps\Sleep;
use Durable\Steps\Token;
use Durable\Steps\Wait;
use Durable\Wire\Limits;

/**
 * What a handler does durably. A step's name, together with how often it came before in the run, is its identity: 1 to 200
 * bytes, and kept when code changes while runs are under way.
 *
 * Durations are "2d", "1h30m", "90s", "250ms", milliseconds or a DateInterval.
 */
final class Step
{
    /**
     * @internal
     * @param array<string, mixed> $ofFunction What its steps go by where they say nothing.
     */
    public function __construct(
        private readonly Turn $turn,
        private readonly Scope $scope,
        private readonly array $ofFunction,
    ) {
    }

    /**
     * Runs `$code` once and remembers its result, which comes back as JSON, the first time as on every replay. An error it
     * throws is retried by the policy; after the last attempt it is thrown here as a StepError, which user code may catch.
     *
     * @param callable(StepContext): mixed $code
     * @param array<string, mixed>|null $retry This step's own policy; what it does not say is the function's.
     * @param int|float|string|\DateInterval|null $timeout One attempt may take so long. PHP cannot stop code: that it took longer
     *     is known when it has ended, and then the attempt has failed.
     * @param int|float|string|\DateInterval|null $heartbeatTimeout Its code says by `$context->heartbeat()` that it lives, at
     *     least so often. It gets a request of its own, and needs `DURABLE_URL`.
     * @param 'fail'|'pause'|null $onExhausted What follows the last attempt.
     * @param bool $atMostOnce Its code is called once and never again, for what has no idempotency key. A crash leaves a
     *     StepInterruptedError where the step stands.
     * @param callable|array<string, mixed>|null $compensate Undoes the step when the run fails or is cancelled after it
     *     completed: a function ($result, $context), or `['run' => .., 'retry' => .., 'timeout' => ..]` with one.
     */
    public function run(
        string $name,
        callable $code,
        ?array $retry = null,
        int|float|string|\DateInterval|null $timeout = null,
        int|float|string|\DateInterval|null $heartbeatTimeout = null,
        ?string $onExhausted = null,
        bool $atMostOnce = false,
        callable|array|null $compensate = null,
    ): mixed {
        $options = RunOptions::read(
            $name,
            $retry,
            $timeout,
            $heartbeatTimeout,
            $onExhausted,
            $atMostOnce,
            $compensate,
            $this->ofFunction,
        );
        return Run::ask($this->turn, $this->scope, $name, $code, $options);
    }

    /** Goes on after the duration, never earlier. Nothing is held meanwhile; the app may be stopped. Up to 366 days. */
    public function sleep(string $name, int|float|string|\DateInterval $duration): void
    {
        Sleep::forDuration($this->turn, $this->scope, $name, $duration);
    }

    /** Goes on at an instant, a DateTimeInterface or RFC 3339 text with its zone; at once when that is past. */
    public function sleepUntil(string $name, \DateTimeInterface|string $instant): void
    {
        Sleep::until($this->turn, $this->scope, $name, $instant);
    }

    /**
     * The event, or null after the timeout. An event that came since the run began counts too, so it may be sent before the
     * wait is reached. Nothing is held meanwhile.
     *
     * @param array<string, mixed>|string $event Its name, or `['event' => .., 'match' => .., 'if' => .., 'lookBack' => ..,
     *     'timeout' => ..]`.
     * @return array{id: string, name: string, data: mixed, time: string}|null
     */
    public function waitForEvent(
        string $name,
        array|string $event,
        int|float|string|\DateInterval|null $timeout = null,
    ): ?array {
        return Wait::forEvent($this->turn, $this->scope, $name, $event, $timeout);
    }

    /**
     * The first of several events as `['key' => .., 'event' => ..]`, or null after the timeout.
     *
     * @param array<array-key, array<string, mixed>|string> $events As a list or by names.
     * @return array{key: int|string, event: array<string, mixed>}|null
     */
    public function waitForAny(string $name, array $events, int|float|string|\DateInterval|null $timeout = null): ?array
    {
        return Wait::forAny($this->turn, $this->scope, $name, $events, $timeout);
    }

    /**
     * All of the events, by their keys, or null when one is missing after the timeout.
     *
     * @param array<array-key, array<string, mixed>|string> $events As a list or by names.
     * @return array<array-key, array<string, mixed>>|null
     */
    public function waitForAll(string $name, array $events, int|float|string|\DateInterval|null $timeout = null): ?array
    {
        return Wait::forAll($this->turn, $this->scope, $name, $events, $timeout);
    }

    /**
     * The payload of `$client->signal($key, $payload)`, or what the token was completed with; null after the timeout. A signal
     * sent since the run began counts too.
     *
     * @param string|null $key The step's name unless told.
     */
    public function waitForSignal(
        string $name,
        ?string $key = null,
        string|Token|null $token = null,
        int|float|string|\DateInterval|null $timeout = null,
    ): mixed {
        return Signal::wait($this->turn, $this->scope, $name, $key, $token, $timeout);
    }

    /**
     * A secret for whoever shall complete a wait of this run, and the URL for it. It is no step: nothing is asked or stored,
     * and the same name gives the same token.
     */
    public function createToken(string $name): Token
    {
        return Signal::token($this->turn, $name);
    }

    /**
     * Asks a person for yes or no: the decision with who took it and when; null after the timeout. A rejection is an answer
     * like the other: `approved` is false.
     *
     * @return array{approved: bool, comment?: string, by: string, at: string}|null
     */
    public function waitForApproval(
        string $name,
        ?string $title = null,
        ?string $prompt = null,
        ?string $assignee = null,
        int|float|string|\DateInterval|null $remindAfter = null,
        ?string $escalateTo = null,
        int|float|string|\DateInterval|null $escalateAfter = null,
        int|float|string|\DateInterval|null $timeout = null,
    ): ?array {
        $question = new Question($title, $prompt, $assignee, $remindAfter, $escalateTo, $escalateAfter, $timeout);
        return AskPerson::approval($this->turn, $this->scope, $name, $question);
    }

    /**
     * Asks a person: the answer with who gave it and when; null after the timeout.
     *
     * @param class-string|array<string, mixed>|null $schema Of the answer: a class, an object of which comes back, or a JSON
     *     Schema. Anything fits unless told.
     * @return array{value: mixed, by: string, at: string}|null
     */
    public function waitForInput(
        string $name,
        string|array|null $schema = null,
        ?string $title = null,
        ?string $prompt = null,
        ?string $assignee = null,
        int|float|string|\DateInterval|null $remindAfter = null,
        ?string $escalateTo = null,
        int|float|string|\DateInterval|null $escalateAfter = null,
        int|float|string|\DateInterval|null $timeout = null,
    ): ?array {
        $question = new Question($title, $prompt, $assignee, $remindAfter, $escalateTo, $escalateAfter, $timeout);
        return AskPerson::input($this->turn, $this->scope, $name, $schema, $question);
    }

    /**
     * Sends events in the same commit that records the step, so exactly once. Up to 5,000 at once, of 5 MiB together.
     *
     * @param array<array-key, mixed> $events One, `['name' => .., 'data' => .., 'id' => .., 'time' => .., 'delay' => .., 'at' => ..,
     *     'tags' => ..]`, or a list of them.
     * @return array{ids: list<string>}
     */
    public function sendEvent(string $name, array $events): array
    {
        return Send::ask($this->turn, $this->scope, $name, $events);
    }

    /**
     * Runs another function as a child run, of this app or of one that lets it: its output. What the child fails with is thrown
     * here, with its name, message and cause; a cancelled child is a StepError named `ChildCancelledError`. Nothing is held
     * meanwhile.
     *
     * @param string|DurableFunction $name The step's name; without `$fn` it is the function, and the step is called like it.
     * @param int|float|string|\DateInterval|null $timeout After it the step fails with an `InvokeTimeoutError`, and the child is
     *     cancelled. For ever unless told.
     * @param 'cascade'|'abandon'|null $onCancel What becomes of the child when this run is cancelled; `cascade` unless told.
     * @param string|null $app The app that the function belongs to, where it is another one of this environment: one that has this
     *     one among its callers.
     */
    public function invoke(
        string|DurableFunction $name,
        string|DurableFunction|null $fn = null,
        mixed $input = null,
        int|float|string|\DateInterval|null $timeout = null,
        ?string $onCancel = null,
        ?string $app = null,
    ): mixed {
        $named = $name instanceof DurableFunction ? $name->id : $name;
        return Child::invoke($this->turn, $this->scope, $named, $fn ?? $name, $input, $timeout, $onCancel, $app);
    }

    /**
     * Starts another function as a child run, of this app or of one that lets it, and does not wait for it: the child's run id.
     * It is started in the commit that records the step, so exactly once.
     *
     * @param 'cascade'|'abandon'|null $onCancel
     * @param string|null $app As with `invoke`.
     */
    public function spawn(
        string|DurableFunction $name,
        string|DurableFunction|null $fn = null,
        mixed $input = null,
        ?string $onCancel = null,
        ?string $app = null,
    ): string {
        $named = $name instanceof DurableFunction ? $name->id : $name;
        return Child::spawn($this->turn, $this->scope, $named, $fn ?? $name, $input, $onCancel, $app);
    }

    /**
     * The name of the first case that holds, or null. The decision is recorded before the run goes on: it is shown in the
     * trace, and it never flips on a replay.
     *
     * @param array<string, bool|callable(): bool> $cases
     */
    public function branch(string $name, array $cases): ?string
    {
        return Branch::ask($this->turn, $this->scope, $name, $cases);
    }

    /**
     * The engine makes the call, and no time of the app is spent waiting for it. Whatever is answered is the result, also a
     * 500; only when nothing is (no connection, no answer in time) is it tried again, and after the last attempt a StepError
     * named `FetchError` is thrown. Redirects are not followed. At most 1 MiB of answer.
     *
     * @param array<string, string> $headers
     * @param mixed $body Text is sent as it is; anything else as JSON, with the content type that says so.
     * @param array<string, mixed>|null $retry
     * @return array{status: int, headers: mixed, body: string, base64?: bool}
     */
    public function fetch(
        string $name,
        string $url,
        ?string $method = null,
        array $headers = [],
        mixed $body = null,
        int|float|string|\DateInterval|null $timeout = null,
        ?array $retry = null,
    ): array {
        return Fetch::ask(
            $this->turn,
            $this->scope,
            $name,
            $url,
            $method,
            $headers,
            $body,
            $timeout,
            $retry,
            $this->ofFunction,
        );
    }

    /**
     * Branches beside each other, each a function that is given steps of its own. "all" (default): all results, in the shape
     * of the branches; the first error ends it. "first": the first success. A number: so many successes. Once it is decided,
     * what the other branches still have open is cancelled; when too few can still succeed, a JoinError is thrown.
     *
     * @param array<array-key, callable(Step): mixed> $branches A list, or by names, which keep the ids of a branch when others come or go.
     * @param 'all'|'first'|int $join
     * @param string $name Shown in the trace.
     * @param bool $fanOut Each `run` of a branch is a request of its own. A PHP process does one thing at a time: with false the
     *     branches wait beside each other, and their code runs one after the other in one request.
     */
    public function parallel(
        array $branches,
        string|int $join = 'all',
        string $name = 'parallel',
        bool $fanOut = true,
    ): mixed {
        return Joins::parallel($this->turn, $this->scope, $branches, $join, $name, $fanOut, $this->in(...));
    }

    /**
     * The result of the branch that ends first, or its error; of named branches `['branch' => .., 'value' => ..]`. What the
     * others still have open is cancelled at once.
     *
     * @param array<array-key, callable(Step): mixed> $branches
     */
    public function race(array $branches, string $name = 'race', bool $fanOut = true): mixed
    {
        return Joins::race($this->turn, $this->scope, $branches, $name, $fanOut, $this->in(...));
    }

    /**
     * Calls `$code($item, $index, $step)` for each item: the results in the order of the items, as JSON. Use the `$step` it is
     * given: names count per item. Thousands of items are fine: of every hundred that are done only the results are kept at
     * hand. After a crash it goes on with the items that are not done. The first error is thrown.
     *
     * @param iterable<mixed> $items
     * @param callable(mixed, int, Step): mixed $code
     * @param int $concurrency Items under way at the same time, each `run` of which is then a request of its own. Default 1.
     * @return list<mixed>
     */
    public function forEach(iterable $items, callable $code, int $concurrency = 1, string $name = 'forEach'): array
    {
        $list = is_array($items) ? array_values($items) : iterator_to_array($items, false);
        return ForEachItem::run($this->turn, $this->scope, $name, $list, $code, $concurrency, $this->in(...));
    }

    /**
     * Publishes where the run is, for people and programs that look at it while it goes on. The latest counts; up to 64 KiB of
     * JSON. It costs no round trip. Call it between steps, not in one.
     */
    public function setState(mixed $value): void
    {
        $this->turn->publish(Value::toJson('$step->setState was given', $value, Limits::STATE_BYTES_MAX));
    }

    /**
     * Answers questions about the run, in any of its states and after its end (`$client->query($run, $name, $input)`). The
     * answer is made by a replay of the run so far, which starts nothing new; so register it before the steps that it shall be
     * asked beside, and let it read variables of the handler by reference.
     *
     * @param callable(mixed): mixed $answer
     */
    public function onQuery(string $name, callable $answer): void
    {
        OnQuery::register($this->turn, $name, $answer);
    }

    /**
     * A line of the log of the step whose code calls, kept with the run. Between steps there is none, and a replay would say
     * everything again: such lines go to the logger of the app alone.
     *
     * @param 'debug'|'info'|'warn'|'error' $level
     */
    public function log(string $message, mixed $data = null, string $level = 'info'): void
    {
        (new StepLog($this->turn->bodies->current()?->lines, $this->turn->options->logger))->say($message, $data, $level);
    }

    /** The code of a step says that it lives, and how far it is; as `$context->heartbeat()`. Between steps it does nothing. */
    public function heartbeat(mixed $progress = null, ?string $note = null): void
    {
        $heartbeat = $this->turn->bodies->current()?->heartbeat;
        if ($heartbeat !== null) {
            $heartbeat($progress, $note);
        }
    }

    /** The same steps, standing in a branch. */
    private function in(Scope $scope): self
    {
        return new self($this->turn, $scope, $this->ofFunction);
    }
}
