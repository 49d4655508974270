<?php

declare(strict_types=1);

namespace Durable\Execution;

use Durable\Wire\StepId;

/** How often each name was asked for so far, place by place: it tells steps of one name apart. */
final class Places
{
    /** @var array<string, int> */
    private array $counts = [];

    /** @return array{string, int} The id and the number of what user code asks for next under this name. */
    public function next(Scope $scope, string $name): array
    {
        $key = "{$scope->id}\x1f{$name}";
        $n = $this->counts[$key] ?? 0;
        $this->counts[$key] = $n + 1;
        return [StepId::of($scope->id, $name, $n), $n];
    }
}
