<?php

declare(strict_types=1);

namespace Durable\Exception;

/** A function or an app is declared so that no engine would take it. The sentence says what to change. */
final class InvalidDefinition extends \InvalidArgumentException implements DurableException
{
}
