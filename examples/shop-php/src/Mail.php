<?php

declare(strict_types=1);

namespace Shop;

use Durable\Attribute\AsFunction;
use Durable\Exception\StepInterruptedError;
use Durable\Step;
use Durable\StepContext;

/** The old mail server takes no key, so two calls would be two mails: it is called at most once. */
#[AsFunction(id: 'mail', trigger: ['event' => 'order.settled'])]
final class Mail
{
    public function __construct(private readonly Ledger $ledger)
    {
    }

    public function __invoke(Settled $settled, Step $step): string
    {
        try {
            $step->run(
                'send',
                fn (StepContext $context): string => $this->ledger->enter($context->idempotencyKey, 'mail sent', $settled->order),
                atMostOnce: true,
            );
            return 'sent';
        } catch (StepInterruptedError) {
            return 'perhaps sent';
        }
    }
}
