<?php

declare(strict_types=1);

namespace Durable\Exception;

/** A text is no signing secret. It never says which. */
final class InvalidSecret extends \InvalidArgumentException implements DurableException
{
}
