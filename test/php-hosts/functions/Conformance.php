<?php

declare(strict_types=1);

namespace Fixture;

use Durable\Attribute\AsFunction;
use Durable\Step;

/** What the conformance kit asks for. */
#[AsFunction(id: 'conformance', trigger: ['event' => 'conformance.run'])]
final class Conformance
{
    public function __invoke(array $event, Step $step): mixed
    {
        require_once __DIR__ . '/program.php';
        return \Program::run($step, $event['data']);
    }
}
