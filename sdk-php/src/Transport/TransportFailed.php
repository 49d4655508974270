<?php

declare(strict_types=1);

namespace Durable\Transport;

use Durable\Exception\DurableException;

/** No answer came. It may have arrived all the same. */
final class TransportFailed extends \RuntimeException implements DurableException
{
}
