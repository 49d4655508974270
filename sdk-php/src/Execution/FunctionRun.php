<?php

declare(strict_types=1);

namespace Durable\Execution;

use Durable\Clock;
use Durable\DurableFunction;
use Durable\Json\Value;

/** One turn of a function, and what is answered. */
final class FunctionRun
{
    private readonly Turn $turn;
    private readonly float $startedAtMs;

    /** @param array<string, mixed> $request With its whole memo. */
    public function __construct(
        private readonly DurableFunction $fn,
        private readonly array $request,
        private readonly TurnOptions $options,
    ) {
        $this->startedAtMs = Clock::monotonicMs();
        $this->turn = new Turn($request, $this->startedAtMs, $options);
    }

    /** @return array<string, mixed> The answer; `need_memo` when nothing was run, for a value did not come. */
    public function answer(): array
    {
        $cause = $this->request['input'] + ['run' => $this->request['run']];
        $end = $this->turn->run(Handlers::of($this->fn, $cause, $this->turn));
        if ($this->turn->tasks->hasSwallowed()) {
            $this->options->logger?->warning(
                'A catch (\Throwable) around a step of function "{function}" caught what the SDK stops the function with. It does no '
                . 'harm to the run; catch \Exception, or StepError, instead.',
                ['function' => $this->fn->id],
            );
        }
        return $this->complete($this->answerFor($end));
    }

    /**
     * What is answered when PHP ends in the middle: what ran is told, and what was running has failed.
     *
     * @return array<string, mixed>
     */
    public function lastWords(string $why): array
    {
        $fence = $this->request['task']['fence'];
        $failure = ['name' => 'FatalError', 'message' => $why];
        $running = $this->turn->bodies->running();
        if ($running === null) {
            return $this->complete(
                ['status' => 'error', 'fence' => $fence, 'error' => $failure] + $this->lastOps(),
            );
        }
        $op = ['st' => 'err', 'error' => ($running['error'] ?? []) + $failure] + $running;
        return $this->complete(['status' => 'continue', 'fence' => $fence, 'ops' => [...$this->turn->answerOps(), $op]]);
    }

    /**
     * @param array<string, mixed> $answer
     * @return array<string, mixed>
     */
    private function complete(array $answer): array
    {
        $answer['app_ms'] = Clock::elapsedMs($this->startedAtMs);
        $told = $this->options->checkpoints?->told();
        return $told === null ? $answer : $answer + ['checkpoint' => $told];
    }

    /** @return array<string, mixed> */
    private function answerFor(TurnEnd $end): array
    {
        ['fence' => $fence, 'kind' => $kind] = $this->request['task'];
        if ($end->kind === 'abandoned') {
            return ['status' => 'abandoned', 'fence' => $fence];
        }
        if ($end->kind === 'unfetched') {
            return $this->answerUnfetched($fence);
        }
        $isHandlersOwn = $end->kind === 'nondeterministic' || ($kind === 'step' && $end->kind === 'threw');
        if ($kind !== 'advance' && !$isHandlersOwn) {
            // What else the code came by on its way there is nobody's business.
            $ops = $this->turn->stepOps();
            return $ops === []
                ? ['status' => 'step_not_found', 'fence' => $fence]
                : ['status' => 'continue', 'fence' => $fence, 'ops' => $ops];
        }
        return match ($end->kind) {
            'suspended' => ['status' => 'continue', 'fence' => $fence, 'ops' => $this->turn->answerOps()]
                + ($this->turn->bodies->isLeftOut() ? ['more' => true] : []),
            'returned' => $this->answerReturned($fence, $end->value),
            'threw' => ['status' => 'error', 'fence' => $fence, 'error' => $this->errorOf($end->thrown)] + $this->lastOps(),
            'nondeterministic' => [
                'status' => 'error',
                'fence' => $fence,
                'error' => [
                    'name' => 'NondeterminismError',
                    'message' => $end->message,
                    'code' => 'nondeterminism',
                    'retry' => true,
                ] + ($end->frame === null ? [] : ['frame' => $end->frame]),
            ],
        };
    }

    /**
     * What has run is told, so that it is not run again; the engine calls again for the rest.
     *
     * @return array<string, mixed>
     */
    private function answerUnfetched(string $fence): array
    {
        $hasTold = $this->options->checkpoints?->told() !== null;
        return $this->turn->stepOps() === [] && !$hasTold
            ? ['status' => 'need_memo', 'fence' => $fence]
            : ['status' => 'continue', 'fence' => $fence, 'ops' => $this->turn->answerOps(), 'more' => true];
    }

    /** @return array<string, mixed> */
    private function errorOf(\Throwable $thrown): array
    {
        $attempt = (int) ($this->request['run']['attempt'] ?? 1);
        return Failure::decided($this->fn->policy['decide'] ?? null, $attempt, $thrown, Failure::of($thrown));
    }

    /** @return array<string, mixed> */
    private function answerReturned(string $fence, mixed $value): array
    {
        try {
            $output = Value::toJson("Function \"{$this->fn->id}\" returned", $value);
            return ['status' => 'done', 'fence' => $fence, 'output' => $output] + $this->lastOps();
        } catch (\Throwable $refused) {
            return ['status' => 'error', 'fence' => $fence, 'error' => Failure::of($refused)] + $this->lastOps();
        }
    }

    /** @return array<string, mixed> What goes with an end. */
    private function lastOps(): array
    {
        $ops = $this->turn->answerOps();
        return ['unclaimed' => $this->turn->memo->unclaimed()] + ($ops === [] ? [] : ['ops' => $ops]);
    }
}
