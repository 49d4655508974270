<?php

declare(strict_types=1);

namespace Durable\Steps;

use Durable\Exception\NonRetriableError;
use Durable\Execution\Turn;
use Durable\Options\Shown;
use Durable\Text;
use Durable\Wire\Limits;

/** `$step->onQuery`: what answers questions about the run. */
final class OnQuery
{
    public static function register(Turn $turn, string $name, callable $answer): void
    {
        if ($name === '' || mb_strlen($name) > Limits::ID_CHARACTERS_MAX || !Text::canTravel($name)) {
            throw new NonRetriableError('A query is named by a text of 1 to 200 characters.');
        }
        if (count($turn->queries) >= Limits::QUERIES_PER_RUN_MAX && !isset($turn->queries[$name])) {
            throw new NonRetriableError('Query ' . Shown::text($name) . ': a run answers at most 100 queries.');
        }
        $turn->queries[$name] = UserCode::closure("Query \"{$name}\"", $answer);
    }
}
