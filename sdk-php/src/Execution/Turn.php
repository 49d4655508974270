<?php

declare(strict_types=1);

namespace Durable\Execution;

use Durable\Exception\NonRetriableError;
use Durable\Json\RawJson;
use Durable\Options\Shown;
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
 *
 * This file is the story; each part that it names has a file of its own.
 */
class Turn
{
    public readonly string $runId;
    public readonly Tasks $tasks;
    public readonly Bodies $bodies;
    /** @var array<string, \Closure(mixed): mixed> Questions about the run that its code answers. */
    public array $queries = [];
    public readonly News $news;
    public readonly Memo $memo;
    public readonly Places $places;
    private readonly Purpose $purpose;
    private readonly OpenSteps $open;
    private readonly ResultLine $line;
    private readonly Results $results;
    private readonly Losers $losers;
    private readonly ?Checkpoints $checkpoints;
    private readonly Ending $ending;
    private ?TurnEnd $handlerEnd = null;

    /** @param array<string, mixed> $request As the engine sends it, with its whole memo. */
    public function __construct(
        public readonly array $request,
        float $startedAtMs,
        public readonly TurnOptions $options = new TurnOptions(),
    ) {
        $this->runId = $request['run']['id'];
        $this->memo = new Memo($request['memo']);
        $this->purpose = new Purpose($request['task'], $options->isReadOnly);
        $this->tasks = new Tasks();
        $this->places = new Places();
        $this->news = new News();
        $this->open = new OpenSteps();
        $this->line = new ResultLine();
        $this->ending = new Ending();
        $this->results = new Results($this->line, $options->values, $this->ending);
        $this->losers = new Losers($this->tasks, $this->line, $this->open, $this->news);
        $this->bodies = new Bodies($this->isTask() ? INF : $startedAtMs + $request['budget']['ms'], $this->news);
        $checkpoints = $options->checkpoints;
        $this->checkpoints = $checkpoints === null
            ? null
            : new Checkpoints($checkpoints, $this->memo, $this->news, $this->open, $this->line, $this->bodies);
    }

    /** @param \Closure(): mixed $handler */
    public function run(\Closure $handler): TurnEnd
    {
        $buffers = ob_get_level();
        $this->tasks->add($handler, function (bool $isReturned, mixed $value): void {
            $this->handlerEnd = $isReturned ? TurnEnd::returned($value) : TurnEnd::threw($value);
        }, new Scope());
        try {
            while (!$this->ending->isHere()) {
                if (!$this->tasks->goOn()) {
                    $this->atRest();
                }
            }
        } finally {
            $this->tasks->dropAll();
            OutputBuffers::dropAbove($buffers);
        }
        return $this->ending->get();
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
        return $this->calling($what)->asks($what, $make);
    }

    /**
     * A join is decided: what its losers have open is cancelled, and what they began in this turn is forgotten.
     *
     * @param list<Scope> $losers
     * @param list<string> $winners
     */
    public function decide(string $id, string $name, int $n, Scope $scope, array $losers, array $winners): void
    {
        if ($this->ending->isHere()) {
            return;
        }
        $lost = $this->losers->close($losers);
        $scope->reached($id, false);
        $recorded = $this->memo->claim($id);
        if ($recorded !== null) {
            $this->results->agree(new StepCall('join', $name), $n, $recorded->entry);
        } elseif ($this->purpose->begins($id)) {
            $op = ['op' => 'join', 'id' => $id, 'name' => $name, 'n' => $n, 'losers' => $lost, 'v' => $winners];
            $this->news->add($op, $scope);
        }
    }

    /**
     * Nobody waits for these scopes any more.
     *
     * @param list<Scope> $scopes
     */
    public function closeAll(array $scopes): void
    {
        $this->losers->close($scopes);
    }

    /**
     * An op that is complete as it is: the engine does the rest. What does not fit into this answer goes with the next.
     *
     * @param array<string, mixed> $op
     * @throws NonRetriableError when the engine would refuse it.
     */
    public function report(array $op, Scope $scope): void
    {
        $bytes = OpCheck::bytes($op);
        if ($this->isTask() || $this->news->hasRoomFor($bytes)) {
            $this->news->add($op, $scope, $bytes);
        } else {
            $this->bodies->leaveOut();
        }
    }

    /**
     * Runs the body of a step, unless the time for that is over; its op is reported.
     *
     * @param \Closure(): (array<string, mixed>|null) $body Null when it is left to another turn.
     */
    public function start(\Closure $body, Scope $scope): void
    {
        $this->bodies->start(fn (): ?array => $this->tasks->outside($body), $scope);
    }

    /** Publishes the run's state. It needs no acknowledgement: a replay publishes it again. */
    public function publish(RawJson $value): void
    {
        if ($this->ending->isHere()) {
            return;
        }
        $this->bodies->refuseNesting('Step "setState"');
        // Apart from all steps, whatever they are called.
        $scope = StepId::of('', 'durable:state', 0);
        $id = StepId::of($scope, 'setState', 0);
        $this->news->say(['op' => 'state', 'id' => $id, 'scope' => $scope, 'name' => 'setState', 'n' => 0, 'v' => $value]);
    }

    /** The engine works with another dispatch, or the run has ended. */
    public function abandon(): void
    {
        $this->ending->be(TurnEnd::abandoned());
    }

    /** The number of a step's attempt, from 1. */
    public function attemptOf(string $id): int
    {
        return (int) ($this->request['attempts'][$id] ?? 1);
    }

    /** Whether it is there for one planned step, and not to continue the run. */
    public function isTask(): bool
    {
        return $this->purpose->isTask();
    }

    /** @return list<array<string, mixed>> All that the answer reports. */
    public function answerOps(): array
    {
        return $this->isTask() ? $this->news->stepOps() : $this->news->ops();
    }

    /** @return list<array<string, mixed>> What was reached for the first time and is not reported yet. */
    public function stepOps(): array
    {
        return $this->news->stepOps();
    }

    protected function askFirst(StepCall $call, Scope $scope, \Closure $begin, Task $task): Asked
    {
        [$id, $n] = $this->places->next($scope, $call->name);
        $scope->reached($id, $call->undo !== null);
        $waiting = new Waiting($id, $call, $scope, $task);
        $recorded = $this->memo->claim($id);
        if ($recorded === null) {
            return $this->beginsNow($waiting, $begin, $n);
        }
        if (!$this->results->agree($call, $n, $recorded->entry)) {
            return Asked::open();
        }
        if ($recorded->isSettled() && !$this->purpose->undoes($id)) {
            $this->line->add($recorded, $waiting);
            $scope->opened($id);
            return $this->tasks->isAlone() ? $this->results->next() : Asked::open();
        }
        if ($this->purpose->undoes($id)) {
            $this->undo($call, $recorded, $scope);
        }
        $this->open->add($waiting);
        return Asked::open();
    }

    /** The task whose code calls; what is over goes no further. @throws NonRetriableError when it calls from somewhere else. */
    private function calling(string $what): Task
    {
        $this->bodies->refuseNesting($what);
        $task = $this->tasks->current() ?? throw new Interrupt();
        if (!$this->ending->isHere() && !$task->isCalling()) {
            throw new NonRetriableError(
                "{$what} is called in a Fiber that is not the function's own, which nobody could resume. Call steps in the "
                . 'handler itself, and use Fibers (Amp, Revolt) inside a step.',
            );
        }
        return $this->ending->isHere() || $task->isDropped() ? $task->hang() : $task;
    }

    private function beginsNow(Waiting $waiting, \Closure $begin, int $n): Asked
    {
        try {
            $this->begin($waiting, $begin, $n);
        } catch (Interrupt $interrupt) {
            throw $interrupt;
        } catch (\Throwable $refused) {
            return Asked::threw($refused);
        }
        $this->open->add($waiting);
        if (!$this->tasks->isAlone() || $this->ending->isHere()) {
            return Asked::open();
        }
        // Tells what has run, where that is due, and goes on at once.
        if ($this->checkpoints?->isDue() === true && !$this->checkpoints->send()) {
            $this->abandon();
        }
        return !$this->ending->isHere() && !$this->line->isEmpty() ? $this->results->next() : Asked::open();
    }

    private function begin(Waiting $waiting, \Closure $begin, int $n): void
    {
        [$id, $call, $scope] = [$waiting->id, $waiting->call, $waiting->scope];
        if (!$this->purpose->begins($id)) {
            return;
        }
        $canClaim = in_array('claim', EngineLine::offeredIn($this->request), true);
        $asTask = $this->isTask() ? null : OwnTask::opFor($call, $scope, $this->options->heartbeats !== null, $canClaim);
        if ($asTask === null) {
            $begin($id, $n);
        } else {
            $this->report(['op' => $asTask, 'id' => $id, 'name' => $call->name, 'n' => $n] + ($call->watch ?? []), $scope);
        }
    }

    private function undo(StepCall $call, Recorded $recorded, Scope $scope): void
    {
        if ($call->undo === null || $recorded->entry['st'] !== 'ok') {
            return;
        }
        $value = $this->results->valueOf($recorded->entry);
        if (!$this->ending->isHere()) {
            $this->start(fn (): array => ($call->undo)($recorded->entry['id'], $call->read($value)), $scope);
        }
    }

    private function atRest(): void
    {
        if ($this->checkpoints?->isDue() === true) {
            if (!$this->checkpoints->send()) {
                $this->abandon();
            }
            return;
        }
        if ($this->handlerEnd !== null) {
            $this->news->forgetWaits();
        }
        $hasStarted = $this->news->hasWork() || $this->bodies->isLeftOut();
        if ($this->handlerEnd !== null && !$hasStarted) {
            $this->ending->be($this->handlerEnd);
        } elseif ($this->handlerEnd === null && !$this->line->isEmpty()) {
            $this->handOut();
        } else {
            $this->ending->be(TurnEnd::suspended());
        }
    }

    private function handOut(): void
    {
        $task = $this->line->first()->task;
        try {
            $this->tasks->deliver($task, $this->results->next()->give(...));
        } catch (Interrupt) {
            // That was the end of the turn.
        }
    }
}
