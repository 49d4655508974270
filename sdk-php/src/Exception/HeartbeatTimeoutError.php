<?php

declare(strict_types=1);

namespace Durable\Exception;

/** The code of a step gave no heartbeat for as long as its `heartbeatTimeout` allows; it is tried again like any failure. */
final class HeartbeatTimeoutError extends \RuntimeException implements DurableException
{
}
