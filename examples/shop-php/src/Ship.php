<?php

declare(strict_types=1);

namespace Shop;

use Durable\Attribute\AsFunction;
use Durable\Exception\StepError;
use Durable\Step;
use Durable\StepContext;

/** Brings a parcel of the other shop to its customer. The label is that shop's own. */
#[AsFunction(id: 'ship')]
final class Ship
{
    public function __construct(private readonly Ledger $ledger, private readonly string $partner)
    {
    }

    /** @return array{label: string, carrier: string} */
    public function __invoke(Parcel $parcel, Step $step): array
    {
        $to = $parcel->to;
        try {
            $label = $step->invoke('label', 'label', app: $this->partner, input: ['order' => $parcel->order, 'to' => $to]);
        } catch (StepError $error) {
            throw $error->errorName() === 'AddressError' ? new NoCarrierError("nobody finds {$to}", $error) : $error;
        }
        $carrier = $step->run('book carrier', fn (StepContext $context): string => $to === 'Atlantis'
            ? throw new NoCarrierError("no carrier goes to {$to}")
            : $this->ledger->enter($context->idempotencyKey, 'carrier booked', $parcel->order));
        return ['label' => $label, 'carrier' => $carrier];
    }
}
