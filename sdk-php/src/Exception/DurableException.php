<?php

declare(strict_types=1);

namespace Durable\Exception;

/** What every exception of this SDK is. */
interface DurableException extends \Throwable
{
}
