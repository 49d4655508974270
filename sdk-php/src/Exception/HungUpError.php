<?php

declare(strict_types=1);

namespace Durable\Exception;

/** The engine no longer waits for a step: what its code still does is for nothing. A heartbeat throws it. */
final class HungUpError extends \RuntimeException implements DurableException
{
    public function __construct()
    {
        parent::__construct(
            'The engine no longer waits for this request: the run was ended, or goes on elsewhere.',
        );
    }
}
