<?php

declare(strict_types=1);

namespace Shop;

use Durable\Attribute\AsFunction;
use Durable\Exception\NonRetriableError;
use Durable\Exception\StepError;
use Durable\Step;
use Durable\StepContext;
use RuntimeException;

/** An order, until it is on its way. When it fails, what was done is undone. */
#[AsFunction(
    id: 'checkout',
    trigger: ['event' => 'order.placed'],
    retry: ['max' => 4, 'backoff' => 'exponential', 'base' => '200ms'],
)]
final class Checkout
{
    public function __construct(private readonly Ledger $ledger, private readonly string $partner)
    {
    }

    /** @return array{order: string, paid: int, charge: string, delivery: array<string, mixed>} */
    public function __invoke(Order $placed, Step $step): array
    {
        $order = $placed->order;

        // What is recorded is undone when the run fails: what may fail for good comes after what is to be undone.
        ['tax' => $tax] = $step->parallel([
            'stock' => fn (Step $branch): string => $branch->run(
                'reserve stock',
                fn (StepContext $context): string => $this->ledger->enter($context->idempotencyKey, 'stock reserved', $order),
                compensate: fn ($_, StepContext $context) => $this->ledger->enter($context->idempotencyKey, 'stock released', $order),
            ),
            'tax' => fn (Step $branch): int => $branch->run('tax', fn (): int => (int) ceil($placed->total * 0.081)),
        ]);

        $charge = $step->run(
            'charge card',
            fn (StepContext $context): string => match (true) {
                $placed->card === 'busy' && $context->attempt === 1 => throw new RuntimeException('no line to the bank'),
                $placed->card === 'stolen' => throw new CardDeclinedError("the bank keeps the card of order {$order}"),
                default => $this->ledger->enter($context->idempotencyKey, 'card charged', $order),
            },
            compensate: fn ($_, StepContext $context) => $this->ledger->enter($context->idempotencyKey, 'card refunded', $order),
        );

        // Nothing runs while it waits: no process, no connection.
        $approval = $step->waitForEvent('approval', [
            'event' => 'order.approved',
            'match' => ['order' => $order],
            'timeout' => $placed->patience,
        ]);
        if ($approval === null) {
            throw new NonRetriableError("nobody approved order {$order}");
        }
        $step->sleep('cooling off', $placed->coolingOff);

        try {
            // A function of the other shop, in the other language. It throws here what it fails with.
            $delivery = $step->invoke('ship', 'ship', app: $this->partner, input: ['order' => $order, 'to' => $placed->to]);
        } catch (StepError $error) {
            if ($error->errorName() !== 'NoCarrierError') {
                throw $error;
            }
            $cause = $error->getPrevious()?->errorName();
            $delivery = ['collect' => "{$error->errorName()}: {$error->getMessage()}", 'cause' => $cause];
        }
        $step->sendEvent('tell', ['name' => 'order.settled', 'data' => ['order' => $order]]);
        return ['order' => $order, 'paid' => $placed->total + $tax, 'charge' => $charge, 'delivery' => $delivery];
    }
}
