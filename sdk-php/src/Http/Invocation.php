<?php

declare(strict_types=1);

namespace Durable\Http;

use Durable\DurableFunction;
use Durable\Execution\CheckpointLine;
use Durable\Execution\EngineLine;
use Durable\Execution\FunctionRun;
use Durable\Execution\HeartbeatLine;
use Durable\Execution\LateLine;
use Durable\Execution\TurnOptions;
use Durable\Execution\ValueLine;
use Durable\Json\JsonWriter;
use Durable\Transport\Transport;
use Psr\Log\LoggerInterface;

/** One `invoke`: a turn of a function, with what its request leaves out, and the way back to the engine meanwhile. */
final class Invocation
{
    /**
     * @param array<string, mixed> $message
     * @param array<string, string> $identity What the answer says of the manifest.
     */
    public function __construct(
        private readonly Authentic $authentic,
        private readonly array $message,
        private readonly array $identity,
        private readonly EngineAddress $engine,
        private readonly Transport $transport,
        private readonly ?string $traceparent,
        private readonly ?LoggerInterface $logger,
    ) {
    }

    public function answer(DurableFunction $fn, ?LastWords $lastWords): Response
    {
        if (isset($this->message['deployment']) && $this->message['deployment'] !== ($this->identity['deployment'] ?? null)) {
            return $this->saying('abandoned');
        }
        $line = EngineLine::of($this->message, $this->engine->url(), $this->authentic->keys, $this->transport);
        $values = new ValueLine($line);
        $whole = WholeMemo::of($this->message, $line, $values);
        if ($whole->kind !== 'whole') {
            return match ($whole->kind) {
                'unreachable' => $this->saying('need_memo'),
                'stopped' => $this->saying('abandoned'),
                default => $this->incomplete($whole->why),
            };
        }
        $request = $whole->request;
        $request['budget']['ms'] = min($request['budget']['ms'], self::ownBudgetMs());
        $run = new FunctionRun($fn, $request, new TurnOptions(
            checkpoints: CheckpointLine::of($line, $request, $this->engine->checkpointsFrom()),
            heartbeats: HeartbeatLine::of($line),
            late: LateLine::of($line),
            values: $values,
            secret: $this->authentic->keys->request,
            engineUrl: $this->engine->url(),
            traceparent: $this->traceparent,
            logger: $this->logger,
        ));
        $lastWords?->watch(fn (string $why): Response => $this->signed($run->lastWords($why)));
        $answer = $run->answer();
        $lastWords?->watch(null);
        return $answer['status'] === 'need_memo' ? $this->incomplete($values->failure()) : $this->signed($answer);
    }

    /** Nothing was run. */
    private function saying(string $status): Response
    {
        return $this->signed(['status' => $status, 'fence' => $this->message['task']['fence']]);
    }

    /** @param array<string, mixed> $answer */
    private function signed(array $answer): Response
    {
        return $this->authentic->answer(JsonWriter::write($answer + $this->identity));
    }

    private function incomplete(string $why): Response
    {
        return Problem::of(
            'memo-incomplete',
            "The request for run {$this->message['run']['id']} has not all of its memo, and {$why}. Does DURABLE_URL lead to the "
            . 'engine that called?',
        );
    }

    /** After most of the time that PHP gives no other step begins: PHP would end in its middle. */
    private static function ownBudgetMs(): float
    {
        $seconds = (int) ini_get('max_execution_time');
        return $seconds > 0 ? $seconds * 750.0 : INF;
    }
}
