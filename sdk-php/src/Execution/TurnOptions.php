<?php

declare(strict_types=1);

namespace Durable\Execution;

use Durable\Wire\SigningKey;
use Psr\Log\LoggerInterface;

/** What a turn has at hand beside its request. */
final class TurnOptions
{
    public function __construct(
        /** What is not recorded does not begin; the turn rests there. */
        public readonly bool $isReadOnly = false,
        /** Null when the answer is all that the engine hears of the turn. */
        public readonly ?CheckpointLine $checkpoints = null,
        /** Where bodies say how far they are; null where nobody listens. */
        public readonly ?HeartbeatLine $heartbeats = null,
        /** Where it is told what comes of attempts that are over; null where nobody listens. */
        public readonly ?LateLine $late = null,
        /** Where large values are fetched; null where none can be. */
        public readonly ?ValueLine $values = null,
        /** What the request was signed with: it seals the tokens that the function makes. */
        public readonly ?SigningKey $secret = null,
        /** Where this app reaches the engine; null where nobody said. */
        public readonly ?string $engineUrl = null,
        /** W3C Trace Context of the request. */
        public readonly ?string $traceparent = null,
        public readonly ?LoggerInterface $logger = null,
        /** @var array<string, mixed> What steps return in a test, by name, instead of running their code. */
        public readonly array $fakes = [],
    ) {
    }
}
