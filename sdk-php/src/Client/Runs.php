<?php

declare(strict_types=1);

namespace Durable\Client;

use Durable\Exception\DurableRequestError;

/** The runs of an app and environment: `$client->runs`. Outside of development it needs an API key that may read. */
final class Runs
{
    /** @internal @param \Closure(): string $path Of the app and environment. */
    public function __construct(private readonly Connection $connection, private readonly \Closure $path)
    {
    }

    /**
     * How a run stands, with its steps.
     *
     * @return array<string, mixed>
     * @throws DurableRequestError with `problem` "not-found" when there is none.
     */
    public function get(string $runId): array
    {
        return $this->connection->asPerson('GET', $this->runPath($runId), []);
    }

    /**
     * A page of runs, the newest first; `next` is the cursor of the one after, null on the last.
     *
     * @param string|null $q What they must be, such as "status:failed tag:import".
     * @return array{runs: list<array<string, mixed>>, next: string|null}
     * @throws DurableRequestError
     */
    public function list(
        ?string $q = null,
        ?string $status = null,
        ?string $function = null,
        int $limit = 50,
        ?string $cursor = null,
    ): array {
        $query = ['q' => $q, 'status' => $status, 'function' => $function, 'limit' => (string) $limit, 'cursor' => $cursor];
        return $this->connection->asPerson('GET', ($this->path)() . '/runs', $query);
    }

    /**
     * Cancels a run for good: nothing of it runs any more but compensations of its completed steps.
     *
     * @param bool $undo False leaves completed steps as they are.
     * @return array{id: string, status: string}
     * @throws DurableRequestError
     */
    public function cancel(string $runId, ?string $reason = null, bool $undo = true): array
    {
        $body = json_encode(array_filter(['reason' => $reason, 'undo' => $undo], static fn ($value) => $value !== null), JSON_THROW_ON_ERROR);
        return $this->connection->asPerson('POST', $this->runPath($runId) . '/cancel', [], $body);
    }

    private function runPath(string $runId): string
    {
        return ($this->path)() . '/runs/' . rawurlencode($runId);
    }
}
