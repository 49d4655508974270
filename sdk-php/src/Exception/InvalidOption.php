<?php

declare(strict_types=1);

namespace Durable\Exception;

/** What was given has another form than is possible; whoever asked says where. */
final class InvalidOption extends \InvalidArgumentException implements DurableException
{
}
