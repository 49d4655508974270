<?php

declare(strict_types=1);

namespace Durable\Execution;

use Durable\Wire\Limits;

/** What log lines of one answer may still take: with more than that the answer itself would be refused. */
final class LogBudget
{
    public int $bytesLeft = Limits::LOG_BYTES_PER_ANSWER_MAX;
}
