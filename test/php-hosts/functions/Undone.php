<?php

declare(strict_types=1);

namespace Fixture;

use Durable\Attribute\AsFunction;
use Durable\Client;
use Durable\Exception\NonRetriableError;
use Durable\Step;

/** Fails, and says when what it had done was undone. */
#[AsFunction(id: 'undone')]
final class Undone
{
    public function __construct(private readonly Client $durable)
    {
    }

    public function __invoke(array $event, Step $step): void
    {
        $step->run('book', static fn (): string => 'booked', compensate: fn (string $booking) => $this->durable->send(
            ['name' => 'tour.undone', 'data' => ['key' => $event['data']['key'], 'booking' => $booking]],
        ));
        $step->run('pay', static fn () => throw new NonRetriableError('no money'));
    }
}
