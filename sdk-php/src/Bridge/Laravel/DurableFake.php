<?php

declare(strict_types=1);

namespace Durable\Bridge\Laravel;

use Durable\Testing\FakeTransport;
use PHPUnit\Framework\Assert;

/** What would have been sent, for the tests of an app. */
final class DurableFake
{
    public readonly FakeTransport $transport;

    public function __construct()
    {
        $this->transport = new FakeTransport();
    }

    /** @return list<array<string, mixed>> The events of this name. */
    public function sent(string $name): array
    {
        $isIt = static fn (array $event): bool => $event['name'] === $name;
        return array_values(array_filter($this->transport->events(), $isIt));
    }

    /** @param (callable(mixed, array<string, mixed>): bool)|null $isIt Given the data and the event. */
    public function assertSent(string $name, ?callable $isIt = null): void
    {
        foreach ($this->sent($name) as $event) {
            if ($isIt === null || $isIt($event['data'] ?? null, $event)) {
                Assert::assertTrue(true);
                return;
            }
        }
        $others = implode(', ', array_unique(array_column($this->transport->events(), 'name'))) ?: 'nothing';
        Assert::fail("No event \"{$name}\"" . ($isIt === null ? '' : ' as it should be') . " was sent; sent was: {$others}.");
    }

    public function assertNotSent(string $name): void
    {
        Assert::assertCount(0, $this->sent($name), "Event \"{$name}\" was sent.");
    }

    public function assertNothingSent(): void
    {
        Assert::assertSame([], array_column($this->transport->events(), 'name'), 'Events were sent.');
    }

    /** @param (callable(mixed): bool)|null $isIt Given the data. */
    public function assertStarted(string $functionId, ?callable $isIt = null): void
    {
        $ending = '/functions/' . rawurlencode($functionId) . '/trigger';
        foreach ($this->transport->requests as $request) {
            if (str_ends_with($request['path'], $ending) && ($isIt === null || $isIt($request['body']['data'] ?? null))) {
                Assert::assertTrue(true);
                return;
            }
        }
        Assert::fail("Function \"{$functionId}\" was not started" . ($isIt === null ? '.' : ' as it should be.'));
    }
}
