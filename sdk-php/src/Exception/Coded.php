<?php

declare(strict_types=1);

namespace Durable\Exception;

/** An error with a code for programs: kept as the `code` of the failure. */
interface Coded
{
    public function errorCode(): ?string;
}
