<?php

namespace Tests;

use Durable\Bridge\Laravel\Facades\Durable;
use Durable\Client;
use PHPUnit\Framework\AssertionFailedError;

class SendsEventsTest extends TestCase
{
    public function test_whoever_has_the_client_injected_sends_nothing_either(): void
    {
        $durable = Durable::fake();

        $this->app->make(Client::class)->start('tour', ['callee' => 'http://localhost']);

        $durable->assertStarted('tour', fn (array $data) => $data['callee'] === 'http://localhost');
        $durable->assertNothingSent();
    }

    public function test_what_was_not_sent_fails_a_test(): void
    {
        $durable = Durable::fake();
        Durable::send(['name' => 'order.placed', 'data' => ['order' => 42]]);
        $failures = 0;
        foreach ([
            fn () => $durable->assertSent('order.cancelled'),
            fn () => $durable->assertSent('order.placed', fn (array $data) => $data['order'] === 43),
            fn () => $durable->assertNotSent('order.placed'),
            fn () => $durable->assertNothingSent(),
            fn () => $durable->assertStarted('tour'),
        ] as $wrong) {
            try {
                $wrong();
            } catch (AssertionFailedError $failure) {
                $failures += 1;
            }
        }
        $this->assertSame(5, $failures);
    }
}
