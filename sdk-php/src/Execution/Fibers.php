<?php

declare(strict_types=1);

namespace Durable\Execution;

use Durable\Environment;

/** Whether user code can be left hanging. */
final class Fibers
{
    /** Not in PHP that runs in WebAssembly, where a Fiber ends the whole process; nor where it is said. */
    public static function areUsable(): bool
    {
        return !str_starts_with(php_uname('m'), 'wasm') && Environment::get('DURABLE_NO_FIBERS') === null;
    }
}
