<?php

declare(strict_types=1);

namespace Durable\Json;

/** A document that was refused, and where. The message never repeats the document. */
final class JsonProblem extends \RuntimeException
{
    /** @param string $problem Such as `duplicate-key`. @param int $offset Bytes before the place where reading stopped. */
    public function __construct(public readonly string $problem, string $sentence, public readonly int $offset)
    {
        parent::__construct("{$sentence} (byte {$offset})");
    }
}
