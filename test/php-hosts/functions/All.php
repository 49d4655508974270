<?php

declare(strict_types=1);

namespace Fixture;

use Durable\Client;

/** What every host serves. */
final class All
{
    public const APP = 'conformance';
    /** @var list<class-string> */
    public const CLASSES = [
        Child::class,
        Conformance::class,
        EchoBack::class,
        Ending::class,
        Move::class,
        People::class,
        Tour::class,
        TwentySteps::class,
        Undone::class,
    ];

    /** Where there is no container. @return list<object> */
    public static function made(): array
    {
        $client = new Client(app: self::APP);
        return array_map(static fn (string $class): object => method_exists($class, '__construct') ? new $class($client) : new $class(), self::CLASSES);
    }
}
