<?php

declare(strict_types=1);

namespace Fixture;

use Durable\Attribute\AsFunction;
use Durable\Client;
use Durable\Step;

/** The people whom the tour asks. */
#[AsFunction(id: 'people', trigger: ['event' => 'durable.input.requested'])]
final class People
{
    public function __construct(private readonly Client $durable)
    {
    }

    public function __invoke(array $event, Step $step): void
    {
        ['id' => $id, 'title' => $title] = $event['data'];
        $step->run('answer', fn (): array => $title === 'yes or no?'
            ? $this->durable->approve($id, by: 'ann')
            : $this->durable->answer($id, ['amount' => 5], by: 'ann'));
    }
}
