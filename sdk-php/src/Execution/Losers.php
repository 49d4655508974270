<?php

declare(strict_types=1);

namespace Durable\Execution;

/** Code whose results nobody waits for any more. */
final class Losers
{
    public function __construct(
        private readonly Tasks $tasks,
        private readonly ResultLine $results,
        private readonly OpenSteps $open,
        private readonly News $news,
    ) {
    }

    /**
     * It goes no further, and what it began in this turn is forgotten.
     *
     * @param list<Scope> $scopes
     * @return list<string> The steps that the engine has to close: it knows of them, or they ran; and those whose result came,
     *     and that nobody was given.
     */
    public function close(array $scopes): array
    {
        $ids = [];
        foreach ($scopes as $scope) {
            $scope->close();
            foreach ($scope->open() as $id) {
                $ids[$id] = true;
            }
        }
        $settled = $this->results->dropClosed();
        foreach (array_keys($ids) as $id) {
            $this->open->close((string) $id);
        }
        foreach ($this->news->forget($ids) as $id) {
            unset($ids[$id]);
        }
        $this->tasks->dropClosed();
        return array_values(array_unique([...array_map('strval', array_keys($ids)), ...$settled]));
    }
}
