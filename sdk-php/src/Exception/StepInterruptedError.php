<?php

declare(strict_types=1);

namespace Durable\Exception;

/**
 * A step that runs `atMostOnce` may have run, and nobody knows how it went: the app or the engine was lost in the middle, or
 * its `timeout` was over. It is not run again. Look at what it would have done, and decide.
 */
final class StepInterruptedError extends StepError
{
}
