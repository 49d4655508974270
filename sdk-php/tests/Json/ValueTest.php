<?php

declare(strict_types=1);

namespace Durable\Tests\Json;

use Durable\Exception\NonRetriableError;
use Durable\Json\JsonObject;
use Durable\Json\Value;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** Values of users' code: what JSON keeps of them, and what it would keep nothing of. */
final class ValueTest extends TestCase
{
    /** @return iterable<string, array{mixed, string}> */
    public static function kept(): iterable
    {
        $at = new \DateTimeImmutable('2026-10-21T09:00:00.5+02:00');
        yield 'a date' => [$at, '"2026-10-21T07:00:00.500Z"'];
        yield 'an ArrayObject' => [new \ArrayObject(['a' => 1, 'at' => $at]), '{"a":1,"at":"2026-10-21T07:00:00.500Z"}'];
        yield 'an ArrayObject that is a list' => [new \ArrayObject([1, 2]), '[1,2]'];
        yield 'an empty object' => [new JsonObject(), '{}'];
        yield 'an object whose names count' => [new JsonObject([7, ['x' => $at]]), '{"0":7,"1":{"x":"2026-10-21T07:00:00.500Z"}}'];
        yield 'what says its own JSON' => [self::saying(['at' => $at, 'of' => self::saying(1)]), '{"at":"2026-10-21T07:00:00.500Z","of":1}'];
    }

    /** @dataProvider kept */
    #[DataProvider('kept')]
    public function testKept(mixed $value, string $json): void
    {
        self::assertSame($json, Value::toJson('It is', $value)->text);
        self::assertSame("[{$json}]", Value::toJson('It is', [$value])->text);
    }

    /** @return iterable<string, array{mixed}> */
    public static function lost(): iterable
    {
        yield 'a generator' => [(static fn () => yield 1)()];
        yield 'a collection that says nothing of itself' => [new \SplObjectStorage()];
        yield 'a list of the standard library' => [new \SplDoublyLinkedList()];
        yield 'what says itself for ever' => [self::saying(null)];
    }

    /** @dataProvider lost */
    #[DataProvider('lost')]
    public function testLost(mixed $value): void
    {
        $this->expectException(NonRetriableError::class);
        Value::toJson('It is', $value);
    }

    /** @param mixed $value Null: itself. */
    private static function saying(mixed $value): \JsonSerializable
    {
        return new class ($value) implements \JsonSerializable {
            public function __construct(private readonly mixed $value)
            {
            }

            public function jsonSerialize(): mixed
            {
                return $this->value ?? [new self(null)];
            }
        };
    }
}
