<?php

declare(strict_types=1);

namespace Durable\Tests\Bridge;

use Durable\Client;
use PHPUnit\Framework\TestCase;

/** What editors are told of Laravel's facade is what the client has. */
final class FacadeTest extends TestCase
{
    public function testEveryMethodOfTheClientIsNamedWithItsParameters(): void
    {
        $facade = (string) file_get_contents(__DIR__ . '/../../src/Bridge/Laravel/Facades/Durable.php');
        preg_match_all('/@method static \S+ (\w+)\((.*)\)$/m', $facade, $found, PREG_SET_ORDER);
        $named = [];
        foreach ($found as [, $name, $parameters]) {
            preg_match_all('/\$(\w+)/', $parameters, $parameter);
            $named[$name] = $parameter[1];
        }
        $own = [];
        foreach ((new \ReflectionClass(Client::class))->getMethods(\ReflectionMethod::IS_PUBLIC) as $method) {
            if (!$method->isConstructor()) {
                $own[$method->getName()] = array_map(static fn (\ReflectionParameter $each): string => $each->getName(), $method->getParameters());
            }
        }
        self::assertSame($own, $named);
    }
}
