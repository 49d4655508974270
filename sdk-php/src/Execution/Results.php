<?php

declare(strict_types=1);

namespace Durable\Execution;

use Durable\Exception\StepError;
use Durable\Json\JsonReader;

/** What is recorded, as user code gets it. What the code cannot have asked for, or what does not come, is the turn's end. */
final class Results
{
    public function __construct(
        private readonly ResultLine $line,
        private readonly ?ValueLine $values,
        private readonly Ending $ending,
    ) {
    }

    /** The result that was recorded first, of those that are waited for. */
    public function next(): Asked
    {
        [$recorded, $waiting] = $this->line->takeFirst();
        try {
            return Asked::returned($this->read($recorded->entry, $waiting));
        } catch (Interrupt $interrupt) {
            throw $interrupt;
        } catch (\Throwable $thrown) {
            return Asked::threw($thrown);
        }
    }

    /**
     * Whether what is recorded is what the code asks for; when not, that is the turn's end.
     *
     * @param array<string, mixed> $entry
     */
    public function agree(StepCall $call, int $n, array $entry): bool
    {
        $disagreement = Disagreement::between($call, $n, $entry);
        $this->ending->be($disagreement);
        return $disagreement === null;
    }

    /**
     * Of what is elsewhere it is fetched now; when it does not come, that is the turn's end.
     *
     * @param array<string, mixed> $entry
     */
    public function valueOf(array $entry): mixed
    {
        if (!isset($entry['ref'])) {
            return $entry['v'] ?? null;
        }
        $fetched = $this->values?->fetch($entry['ref']);
        if ($fetched?->json !== null) {
            return JsonReader::value($fetched->json);
        }
        $this->ending->be($fetched?->isStopped === true ? TurnEnd::abandoned() : TurnEnd::unfetched());
        return null;
    }

    /**
     * @param array<string, mixed> $entry
     * @throws \Throwable what is recorded, or what reading it says.
     */
    private function read(array $entry, Waiting $waiting): mixed
    {
        $call = $waiting->call;
        $waiting->scope->handedOut($waiting->id);
        if ($entry['st'] === 'err') {
            throw StepError::of($call->name, ['step' => $entry['id']] + $entry['error']);
        }
        $value = $this->valueOf($entry);
        $isHere = !$this->ending->isHere()
            && (!isset($entry['ref']) || $this->agree($call, 0, ['ref' => null, 'v' => $value] + $entry));
        return $isHere ? $call->read($value) : throw new Interrupt();
    }
}
