<?php

declare(strict_types=1);

namespace Durable\Wire;

/** The identity of a step within its run. */
final class StepId
{
    /**
     * @param string $scope Id of the enclosing branch or group, or "". Ids then do not depend on the order of branches.
     * @param int    $n     How often this name came before in this scope, from 0.
     */
    public static function of(string $scope, string $name, int $n): string
    {
        return substr(hash('sha256', "{$scope}\x1f{$name}\x1f{$n}"), 0, 32);
    }
}
