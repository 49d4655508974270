<?php

declare(strict_types=1);

namespace Durable\Steps;

/** What somebody outside completes a wait with. */
final class Token
{
    /** @internal */
    public function __construct(
        /** Hand it to `$step->waitForSignal($name, token: $token)`. */
        public readonly string $token,
        /** Whoever sends a POST here, with any JSON, completes the token. Once. */
        public readonly string $url,
    ) {
    }
}
