<?php

declare(strict_types=1);

namespace Durable\Exception;

/** One attempt of a step took longer than its `timeout`; it is tried again like any failure. */
final class StepTimeoutError extends \RuntimeException implements DurableException
{
}
