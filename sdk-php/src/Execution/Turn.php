<?php

declare(strict_types=1);

namespace Durable\Execution;

use Durable\Clock;
use Durable\Exception\NonRetriableError;
use Durable\Exception\StepError;
use Durable\Json\JsonReader;
use Durable\Json\JsonWriter;
use Durable\Json\RawJson;
use Durable\Options\Shown;
use Durable\Wire\Limits;
use Durable\Wire\StepId;
use Durable\Wire\StepName;

/**
 * One turn: the handler is called from the top; what is recorded answers, what is new is started and reported.
 *
 *     the handler asks for a step
 *        |-- settled in the memo --> handed out in the memo's order, one at a time
 *        |-- pending in the memo --> hangs there for the rest of the turn
 *        `-- new ------------------> its body runs now, or its op is reported; then it hangs
 *
 * Several branches of a join are tasks beside each other, one of which runs at a time. Whenever none can go on, the waiting
 * result that was recorded first is handed out. A turn with a longer memo therefore begins exactly like one with a shorter
 * memo: races end the same way, however many results have come in since.
 *
 * Checkpoints. Where the engine takes them, what has run is told while the code still hangs, and goes on once it is recorded:
 * one call of the app for many steps.
 *
 * End. The turn is over when the handler has ended and nothing new was started, or when nothing can go on. Once it is over it
 * is closed: whatever suspended code still does, nobody listens.
 */
class Turn
{
    /** Answers are bounded, and a body whose result does not fit would run again. */
    private const NEWS_BYTES_MAX = 1_572_864;
    /** What one op may take, so that an answer with it alone is none too large. */
    private const OP_BYTES_MAX = 5_242_880;

    public readonly string $runId;
    /** @var array<string, \Closure(mixed): mixed> Questions about the run that its code answers. */
    public array $queries = [];
    protected readonly News $news;
    private readonly Memo $memo;
    private readonly Purpose $purpose;
    private readonly OpenSteps $open;
    private readonly ResultLine $results;
    /** @var array<string, int> How often each name was asked for so far, place by place. */
    private array $counts = [];
    /** @var list<array{Task, (\Closure(): mixed)|null}> What can go on. */
    private array $ready = [];
    /** @var list<Task> */
    private array $tasks = [];
    private ?Task $current = null;
    private ?Body $body = null;
    /** @var array<string, mixed>|null What is reported should PHP end while it runs. */
    private ?array $running = null;
    private ?TurnEnd $handlerEnd = null;
    private ?TurnEnd $end = null;
    private bool $isOutOfTime = false;
    private bool $isToYield = false;
    private bool $hasSwallowed = false;
    private readonly float $startUntilMs;

    /** @param array<string, mixed> $request As the engine sends it, with its whole memo. */
    public function __construct(
        private readonly array $request,
        float $startedAtMs,
        protected readonly TurnOptions $options = new TurnOptions(),
    ) {
        $this->runId = $request['run']['id'];
        $this->memo = new Memo($request['memo']);
        $this->purpose = new Purpose($request['task'], $options->isReadOnly);
        $this->news = new News();
        $this->open = new OpenSteps();
        $this->results = new ResultLine();
        // The one step that a task is for is always run.
        $this->startUntilMs = $this->purpose->isTask() ? INF : $startedAtMs + $request['budget']['ms'];
    }

    /** @param \Closure(): mixed $handler */
    public function run(\Closure $handler): TurnEnd
    {
        $buffers = ob_get_level();
        $this->add($handler, function (bool $isReturned, mixed $value): void {
            $this->handlerEnd = $isReturned ? TurnEnd::returned($value) : TurnEnd::threw($value);
        }, new Scope());
        try {
            while ($this->end === null) {
                $next = array_shift($this->ready);
                $next === null ? $this->atRest() : $this->go(...$next);
            }
        } finally {
            $this->close($buffers);
        }
        return $this->end;
    }

    /**
     * User code has reached a step.
     *
     * @param \Closure(string, int): void $begin What to do when it is new, with its id and number.
     * @return mixed What is recorded of it.
     * @throws NonRetriableError when called from within a step's body.
     */
    public function ask(StepCall $call, Scope $scope, \Closure $begin): mixed
    {
        $name = $call->name;
        $task = $this->calling('Step ' . Shown::text($name));
        if ($this->end !== null || $task->isDropped()) {
            $task->hang();
        }
        $problem = is_string($name) ? StepName::problem($name) : "A step's name must be a string.";
        if ($problem !== null) {
            throw new NonRetriableError('Step ' . Shown::text($name) . ": {$problem}");
        }
        $asked = $task->asks(
            "{$call->op} \"{$name}\" in \"{$scope->id}\"",
            // What lost goes no further; what stood in a group that is done is asked for again where code is called again.
            fn (): Asked => $scope->isClosed() ? $task->hang() : $this->askFirst($call, $scope, $begin, $task),
        );
        return $asked->isSettled ? $asked->give() : $task->park();
    }

    /** What user code asks for here under this name: its id and number. @return array{string, int} */
    public function place(Scope $scope, string $name): array
    {
        $key = "{$scope->id}\x1f{$name}";
        $n = $this->counts[$key] ?? 0;
        $this->counts[$key] = $n + 1;
        return [StepId::of($scope->id, $name, $n), $n];
    }

    /**
     * Branches beside each other: the code that calls hangs here until what `$open` makes has decided.
     *
     * @template T of Decision
     * @param \Closure(Task): T $open
     * @param \Closure(T): void $again Called when the code comes here once more after that.
     */
    public function join(string $what, \Closure $open, \Closure $again): mixed
    {
        $task = $this->calling($what);
        if ($this->end !== null || $task->isDropped()) {
            $task->hang();
        }
        $decision = $task->asks($what, static fn (): Decision => $open($task));
        if ($decision->isDecided()) {
            $again($decision);
        }
        return $task->park();
    }

    /**
     * What code makes once, and has again whenever it comes here.
     *
     * @template T of object
     * @param \Closure(): T $make
     * @return T
     */
    public function remember(string $what, \Closure $make): object
    {
        $task = $this->calling($what);
        if ($this->end !== null || $task->isDropped()) {
            $task->hang();
        }
        return $task->asks($what, $make);
    }

    /**
     * Code that runs beside the others from now on.
     *
     * @param \Closure(): mixed $code
     * @param \Closure(bool, mixed): void $ended
     */
    public function add(\Closure $code, \Closure $ended, Scope $scope): Task
    {
        $leave = function (bool $isReturned, mixed $value) use (&$task, $ended): void {
            $this->leave($task);
            $ended($isReturned, $value);
        };
        $task = Fibers::areUsable() ? new FiberTask($code, $leave, $scope) : new RerunTask($code, $leave, $scope);
        $this->tasks[] = $task;
        $this->ready[] = [$task, null];
        return $task;
    }

    /**
     * The code around a join that is decided is called again: see Task.
     *
     * @param \Closure(): mixed $code
     */
    public function again(Task $task, \Closure $code): void
    {
        $before = $this->current;
        $this->current = $task;
        try {
            $task->again($code);
        } finally {
            $this->current = $before;
        }
    }

    /** @param \Closure(): mixed $deliver Returns or throws what the task waits for. */
    public function deliver(Task $task, \Closure $deliver): void
    {
        $this->ready[] = [$task, $deliver];
    }

    /**
     * A join is decided: what its losers have open is cancelled, and what they began in this turn is forgotten.
     *
     * @param list<Scope> $losers
     * @param list<string> $winners
     */
    public function decide(string $id, string $name, int $n, Scope $scope, array $losers, array $winners): void
    {
        if ($this->end !== null) {
            return;
        }
        $lost = $this->closeAll($losers);
        $scope->reached($id, false);
        $recorded = $this->memo->claim($id);
        if ($recorded !== null) {
            $this->agree(new StepCall('join', $name), $n, $recorded->entry);
        } elseif ($this->purpose->begins($id)) {
            $this->news->add(
                ['op' => 'join', 'id' => $id, 'name' => $name, 'n' => $n, 'losers' => $lost, 'v' => $winners],
                $scope,
            );
        }
    }

    /**
     * Nobody waits for these scopes any more.
     *
     * @param list<Scope> $scopes
     * @return list<string> The steps that the engine has to close: it knows of them, or they ran; and those whose result came,
     *     and that nobody was given.
     */
    public function closeAll(array $scopes): array
    {
        $ids = [];
        foreach ($scopes as $scope) {
            $scope->close();
            foreach ($scope->open() as $id) {
                $ids[$id] = true;
            }
        }
        $settled = $this->results->dropClosed();
        foreach (array_keys($ids) as $id) {
            $this->open->close((string) $id);
        }
        foreach ($this->news->forget($ids) as $id) {
            unset($ids[$id]);
        }
        $this->ready = array_values(array_filter(
            $this->ready,
            static fn (array $each): bool => !$each[0]->isDropped(),
        ));
        foreach ($this->tasks as $task) {
            if ($task->isDropped()) {
                $task->drop();
                $this->leave($task);
            }
        }
        return array_values(array_unique([...array_map('strval', array_keys($ids)), ...$settled]));
    }

    public function isRecorded(string $id): bool
    {
        return $this->memo->has($id);
    }

    /**
     * An op that is complete as it is: the engine does the rest.
     *
     * @param array<string, mixed> $op
     * @throws NonRetriableError when the engine would refuse it.
     */
    public function report(array $op, Scope $scope): void
    {
        if (strlen(JsonWriter::write($op)) > self::OP_BYTES_MAX) {
            throw new NonRetriableError(
                "Step \"{$op['name']}\" asks for more than 5 MiB of JSON. Make several steps of it, or store it elsewhere and pass "
                . 'a reference.',
            );
        }
        $this->news->add($op, $scope);
    }

    /**
     * Runs the body of a step, unless the time for that is over; its op is reported.
     *
     * @param \Closure(): (array<string, mixed>|null) $body Null when it is left to another turn.
     */
    public function start(\Closure $body, Scope $scope): void
    {
        $isFull = $this->news->bytes() > self::NEWS_BYTES_MAX || $this->news->count() >= Limits::OPS_PER_ANSWER_MAX - 2;
        if ($this->isToYield || ($isFull && !$this->purpose->isTask()) || Clock::monotonicMs() >= $this->startUntilMs) {
            $this->isOutOfTime = true;
            return;
        }
        $op = $body();
        if ($op !== null) {
            $this->news->add($op, $scope);
        }
    }

    /**
     * Calls code in which no step may stand.
     *
     * @template T
     * @param \Closure(): T $call
     * @return T
     */
    public function within(Body $body, \Closure $call): mixed
    {
        $before = $this->body;
        $this->body = $body;
        try {
            return $call();
        } finally {
            $this->body = $before;
        }
    }

    /**
     * @param array<string, mixed>|null $op Of the body that runs from now on, without what comes of it.
     */
    public function runs(?array $op): void
    {
        $this->running = $op;
    }

    /** @return array<string, mixed>|null */
    public function running(): ?array
    {
        return $this->running;
    }

    /** The body that runs now. */
    public function body(): ?Body
    {
        return $this->body;
    }

    /** Publishes the run's state. It needs no acknowledgement: a replay publishes it again. */
    public function publish(RawJson $value): void
    {
        if ($this->end !== null) {
            return;
        }
        $this->refuseNesting('Step "setState"');
        // Apart from all steps, whatever they are called.
        $scope = StepId::of('', 'durable:state', 0);
        $id = StepId::of($scope, 'setState', 0);
        $this->news->say(['op' => 'state', 'id' => $id, 'scope' => $scope, 'name' => 'setState', 'n' => 0, 'v' => $value]);
    }

    /** The engine works with another dispatch, or the run has ended. */
    public function abandon(): void
    {
        $this->end ??= TurnEnd::abandoned();
    }

    /** The number of a step's attempt, from 1. */
    public function attemptOf(string $id): int
    {
        return (int) ($this->request['attempts'][$id] ?? 1);
    }

    public function logBudget(): LogBudget
    {
        return $this->news->logBudget;
    }

    public function options(): TurnOptions
    {
        return $this->options;
    }

    /** @return array<string, mixed> */
    public function request(): array
    {
        return $this->request;
    }

    /** Whether it is there for one planned step, and not to continue the run. */
    public function isTask(): bool
    {
        return $this->purpose->isTask();
    }

    /** Whether a step was left out because the time for starting steps was over. */
    public function isOutOfTime(): bool
    {
        return $this->isOutOfTime;
    }

    /** Settled results that user code has not asked for. */
    public function unclaimed(): int
    {
        return $this->memo->unclaimed();
    }

    /** @return list<array<string, mixed>> All that the answer reports. */
    public function answerOps(): array
    {
        return $this->purpose->isTask() ? $this->news->stepOps() : $this->news->ops();
    }

    /** @return list<array<string, mixed>> What was reached for the first time and is not reported yet. */
    public function stepOps(): array
    {
        return $this->news->stepOps();
    }

    /** Whether code went on after an Interrupt, as in a `catch (\Throwable)` around a step. */
    public function hasSwallowed(): bool
    {
        return $this->hasSwallowed;
    }

    private function leave(Task $task): void
    {
        $this->hasSwallowed = $this->hasSwallowed || ($task instanceof RerunTask && $task->hasSwallowed());
        $this->tasks = array_values(array_filter($this->tasks, static fn (Task $each): bool => $each !== $task));
    }

    /** The task whose code calls. @throws NonRetriableError when it calls from somewhere else. */
    private function calling(string $what): Task
    {
        $this->refuseNesting($what);
        $task = $this->current;
        if ($task === null) {
            throw new Interrupt();
        }
        if ($this->end === null && !$task->isCalling()) {
            throw new NonRetriableError(
                "{$what} is called in a Fiber that is not the function's own, which nobody could resume. Call steps in the "
                . 'handler itself, and use Fibers (Amp, Revolt) inside a step.',
            );
        }
        return $task;
    }

    /**
     * A step inside a step's body could not be replayed: the outer one answers from the memo, and the inner one is never
     * reached again.
     */
    private function refuseNesting(string $what): void
    {
        $outer = $this->body;
        if ($outer === null) {
            return;
        }
        if ($outer->isQuery) {
            throw new NonRetriableError(
                "{$what} is called in query \"{$outer->name}\", which answers and starts nothing. Read what the handler has in "
                . 'variables.',
            );
        }
        throw new NonRetriableError(
            "{$what} is called inside step \"{$outer->name}\". Steps do not nest: call it after \"{$outer->name}\", with what "
            . 'that returns.',
        );
    }

    protected function askFirst(StepCall $call, Scope $scope, \Closure $begin, Task $task): Asked
    {
        [$id, $n] = $this->place($scope, $call->name);
        $scope->reached($id, $call->undo !== null);
        $waiting = new Waiting($id, $call, $scope, $task);
        $recorded = $this->memo->claim($id);
        if ($recorded === null) {
            try {
                $this->begin($call, $scope, $begin, $id, $n);
            } catch (Interrupt $interrupt) {
                throw $interrupt;
            } catch (\Throwable $refused) {
                return Asked::threw($refused);
            }
            $this->open->add($waiting);
            return $this->isAlone() ? $this->toldNow() : Asked::open();
        }
        if (!$this->agree($call, $n, $recorded->entry)) {
            return Asked::open();
        }
        if ($this->purpose->undoes($id)) {
            $this->undo($call, $recorded, $scope);
        } elseif ($recorded->isSettled()) {
            $this->results->add($recorded, $waiting);
            $scope->opened($id);
            return $this->isAlone() ? $this->settledNow() : Asked::open();
        }
        $this->open->add($waiting);
        return Asked::open();
    }

    private function begin(StepCall $call, Scope $scope, \Closure $begin, string $id, int $n): void
    {
        if (!$this->purpose->begins($id)) {
            return;
        }
        $asTask = $this->purpose->isTask() ? null : $this->ownTask($call, $scope);
        if ($asTask === null) {
            $begin($id, $n);
        } else {
            $this->report(['op' => $asTask, 'id' => $id, 'name' => $call->name, 'n' => $n] + ($call->watch ?? []), $scope);
        }
    }

    /** The op with which a new step gets a task of its own; null when it is begun in the turn that reaches it. */
    private function ownTask(StepCall $call, Scope $scope): ?string
    {
        if ($call->op !== 'run') {
            return null;
        }
        $name = $call->name;
        if ($call->watch !== null && $this->options->heartbeats === null) {
            throw new NonRetriableError(
                "Step \"{$name}\" has a \"heartbeatTimeout\", and the engine cannot hear it. Set DURABLE_URL where the app runs to "
                . 'the address of the engine.',
            );
        }
        if (!$call->atMostOnce) {
            return $call->watch !== null || $scope->plans ? 'plan' : null;
        }
        if (in_array('claim', self::listOf($this->request['engine']['capabilities'] ?? []), true)) {
            return 'start';
        }
        throw new NonRetriableError("Step \"{$name}\": this engine cannot run a step at most once. Update the engine.");
    }

    private function undo(StepCall $call, Recorded $recorded, Scope $scope): void
    {
        if ($call->undo === null || $recorded->entry['st'] !== 'ok') {
            return;
        }
        $value = $this->valueOf($recorded->entry);
        if ($this->end === null) {
            $this->start(fn (): array => ($call->undo)($recorded->entry['id'], $call->read($value)), $scope);
        }
    }

    /** Whether what is recorded is what the code asks for; when not, that is the turn's end. */
    private function agree(StepCall $call, int $n, array $entry): bool
    {
        $isSameOp = $entry['op'] === $call->op;
        if ($isSameOp && $call->fits($entry)) {
            return true;
        }
        $frame = CodeFrame::here();
        $where = $frame === null ? '' : ", at {$frame}";
        $recorded = $isSameOp
            ? "is recorded as another kind of \"{$call->op}\" than the code now asks for under that name{$where}."
            : "is recorded as \"{$entry['op']}\", and the code now asks for \"{$call->op}\" under that name{$where}.";
        $this->end ??= TurnEnd::nondeterministic("Step \"{$call->name}\" ({$n}) {$recorded}", $frame);
        return false;
    }

    /** Code that is alone need not hang until it is at rest: it is. */
    private function isAlone(): bool
    {
        return count($this->tasks) === 1;
    }

    /** Tells what has run, where that is due, and goes on at once. */
    private function toldNow(): Asked
    {
        if ($this->end === null && $this->checkpointIsDue()) {
            $this->checkpoint();
        }
        return $this->end === null && !$this->results->isEmpty() ? $this->settledNow() : Asked::open();
    }

    private function settledNow(): Asked
    {
        [$recorded, $waiting] = $this->results->takeFirst();
        try {
            return Asked::returned($this->resultOf($recorded, $waiting));
        } catch (Interrupt $interrupt) {
            throw $interrupt;
        } catch (\Throwable $thrown) {
            return Asked::threw($thrown);
        }
    }

    /** @throws \Throwable what is recorded, or what reading it says. */
    private function resultOf(Recorded $recorded, Waiting $waiting): mixed
    {
        $entry = $recorded->entry;
        $call = $waiting->call;
        $waiting->scope->handedOut($waiting->id);
        if ($entry['st'] === 'err') {
            throw StepError::of($call->name, ['step' => $entry['id']] + $entry['error']);
        }
        $value = $this->valueOf($entry);
        if ($this->end !== null) {
            throw new Interrupt();
        }
        if (isset($entry['ref']) && !$this->agree($call, 0, ['ref' => null, 'v' => $value] + $entry)) {
            throw new Interrupt();
        }
        return $call->read($value);
    }

    /** Of what is elsewhere it is fetched now; when it does not come, that is the turn's end. */
    private function valueOf(array $entry): mixed
    {
        if (!isset($entry['ref'])) {
            return $entry['v'] ?? null;
        }
        $fetched = $this->options->values?->fetch($entry['ref']);
        if ($fetched?->json !== null) {
            return JsonReader::value($fetched->json);
        }
        $this->end ??= $fetched?->isStopped === true ? TurnEnd::abandoned() : TurnEnd::unfetched();
        return null;
    }

    private function go(Task $task, ?\Closure $deliver): void
    {
        if ($task->isDropped()) {
            return;
        }
        $this->current = $task;
        try {
            $task->go($deliver);
        } finally {
            $this->current = null;
        }
    }

    private function atRest(): void
    {
        if ($this->checkpointIsDue()) {
            $this->checkpoint();
            return;
        }
        if ($this->handlerEnd !== null) {
            $this->news->forgetWaits();
        }
        $hasStarted = $this->news->hasWork() || $this->isOutOfTime;
        if ($this->handlerEnd !== null && !$hasStarted) {
            $this->end ??= $this->handlerEnd;
        } elseif ($this->handlerEnd === null && !$this->results->isEmpty()) {
            [$recorded, $waiting] = $this->results->takeFirst();
            $settled = Asked::returned(null);
            try {
                $settled = Asked::returned($this->resultOf($recorded, $waiting));
            } catch (Interrupt) {
                return;
            } catch (\Throwable $thrown) {
                $settled = Asked::threw($thrown);
            }
            $this->deliver($waiting->task, $settled->give(...));
        } else {
            $this->end ??= TurnEnd::suspended();
        }
    }

    private function checkpointIsDue(): bool
    {
        $line = $this->options->checkpoints;
        return $line !== null
            && $line->isOpen()
            && !$this->isOutOfTime
            && $line->saves($this->memo->size())
            && $this->memo->size() + $this->news->count() < Limits::MEMO_ENTRIES_MAX
            && $this->news->couldSettle();
    }

    private function checkpoint(): void
    {
        $line = $this->options->checkpoints;
        $ops = $this->news->untold();
        $taken = $line?->send($ops);
        if ($taken === null) {
            if ($line?->isStopped() === true) {
                $this->abandon();
            }
            return;
        }
        $this->news->told();
        $this->isToYield = $this->isToYield || $taken['yield'];
        $values = [];
        foreach ($ops as $op) {
            if (($op['v'] ?? null) instanceof RawJson) {
                $values[$op['id']] = $op['v'];
            }
        }
        foreach ($taken['memo'] as $entry) {
            // What was reported is not sent back.
            if ($entry['st'] === 'ok' && isset($values[$entry['id']])) {
                $entry['v'] = JsonReader::value($values[$entry['id']]->text);
            }
            $this->memo->add($entry);
            $waiting = $this->open->close($entry['id']);
            $recorded = $waiting === null ? null : $this->memo->claim($entry['id']);
            if ($waiting !== null && $recorded !== null) {
                $recorded->isSettled() ? $this->results->add($recorded, $waiting) : $this->open->add($waiting);
            }
        }
        foreach ($ops as $op) {
            if ($op['op'] === 'group') {
                $this->memo->fold($op['folds']);
            }
        }
    }

    /** Suspended code is let go: what its `finally` blocks do from here on counts for nothing. */
    private function close(int $buffers): void
    {
        $this->ready = [];
        foreach (array_reverse($this->tasks) as $task) {
            $task->drop();
            $this->leave($task);
        }
        while (ob_get_level() > $buffers) {
            ob_end_clean();
        }
    }

    /** @return list<mixed> */
    private static function listOf(mixed $value): array
    {
        return is_array($value) ? array_values($value) : [];
    }
}
