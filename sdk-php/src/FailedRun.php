<?php

declare(strict_types=1);

namespace Durable;

use Durable\Exception\RestoredError;

/** What `onFailure` gets of a run that has failed for good. */
final class FailedRun
{
    /**
     * @internal
     * @param array{id: string, name: string}|null $failedStep The step that failed for good, if it was one.
     * @param array<string, mixed> $event What started the run, as it was received.
     */
    public function __construct(
        /** With the name, message, code and cause of what the run failed with. */
        public readonly RestoredError $error,
        public readonly ?array $failedStep,
        public readonly string $runId,
        public readonly string $startedAt,
        /** Its function's id. */
        public readonly string $function,
        public readonly array $event,
    ) {
    }
}
