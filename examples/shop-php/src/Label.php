<?php

declare(strict_types=1);

namespace Shop;

use Durable\Attribute\AsFunction;
use Durable\Step;
use Durable\StepContext;

#[AsFunction(id: 'label')]
final class Label
{
    public function __construct(private readonly Ledger $ledger)
    {
    }

    public function __invoke(Parcel $parcel, Step $step): string
    {
        return $step->run('print', fn (StepContext $context): string => $parcel->to === 'Nowhere'
            ? throw new AddressError("{$parcel->to} is no place")
            : $this->ledger->enter($context->idempotencyKey, 'label printed', $parcel->order));
    }
}
