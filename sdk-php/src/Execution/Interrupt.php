<?php

declare(strict_types=1);

namespace Durable\Execution;

/**
 * Stops user code at a step that has no result, where it cannot be left hanging in a Fiber. It is an Error, so that the very
 * common `catch (\Exception)` lets it pass. Do not catch it: whatever the code does from then on counts for nothing.
 */
final class Interrupt extends \Error
{
}
