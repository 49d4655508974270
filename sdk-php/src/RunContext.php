<?php

declare(strict_types=1);

namespace Durable;

/** What a handler gets beside its event and its steps. */
final class RunContext
{
    /** @internal @param list<array<string, mixed>> $events */
    public function __construct(
        public readonly string $runId,
        /** RFC 3339, UTC. */
        public readonly string $startedAt,
        /**
         * What started the run, as the handler would get it without a type for its data.
         *
         * @var array{id: string, name: string, data: mixed, time: string}
         */
        public readonly array $event,
        /**
         * All events of a batch, in the order in which they arrived; of every other run its one.
         *
         * @var list<array{id: string, name: string, data: mixed, time: string}>
         */
        public readonly array $events,
        /** W3C Trace Context of the request that the engine made: hand it to what you call or send within a step. */
        public readonly ?string $traceparent,
    ) {
    }
}
