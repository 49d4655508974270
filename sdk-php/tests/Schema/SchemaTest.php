<?php

declare(strict_types=1);

namespace Durable\Tests\Schema;

use Durable\Exception\NonRetriableError;
use Durable\Schema\DataReader;
use Durable\Schema\Schema;
use Durable\Tests\stubs\Item;
use Durable\Tests\stubs\Level;
use Durable\Tests\stubs\Order;
use Durable\Tests\stubs\Settings;
use PHPUnit\Framework\TestCase;

/** Data as objects of users' classes. */
final class SchemaTest extends TestCase
{
    public function testPublicPropertiesAreFilledWhereAConstructorTakesNothing(): void
    {
        $settings = DataReader::read(Settings::class, ['name' => 'a', 'item' => ['name' => 'b']], 'It');
        self::assertSame(['a', 1, 'the constructor'], [$settings->name, $settings->count, $settings->madeBy]);
        self::assertEquals(new Item('b'), $settings->item);
        $schema = Schema::ofClass(Settings::class);
        self::assertSame(['name', 'count', 'item'], array_keys((array) $schema['properties']));
        self::assertSame(['name'], $schema['required']);
    }

    public function testWhatIsMissingHasItsDefault(): void
    {
        $order = DataReader::read(Order::class, ['id' => 1, 'kind' => 'small', 'items' => [['name' => 'a']]], 'It');
        self::assertSame([null, 0.0, 1], [$order->due, $order->total, $order->items[0]->count]);
    }

    public function testAllThatDoesNotFitIsNamedWithItsPlace(): void
    {
        try {
            DataReader::read(Order::class, ['id' => '1', 'kind' => 'huge', 'items' => [['count' => 2]]], 'The data');
            self::fail('It fits.');
        } catch (NonRetriableError $problem) {
            self::assertSame(
                'The data does not fit ' . Order::class . ': id must be int, and is "1"; kind must be one of small, large, and is '
                . '"huge"; items[0].name is missing',
                $problem->getMessage(),
            );
        }
    }

    public function testDatesAreOfTheClassThatIsAskedFor(): void
    {
        $class = new class () {
            public ?\DateTime $from = null;
            public ?\DateTimeInterface $to = null;
        };
        $data = ['from' => '2026-01-01T00:00:00Z', 'to' => '2026-01-02T00:00:00Z'];
        $read = DataReader::read($class::class, $data, 'It');
        self::assertSame([\DateTime::class, \DateTimeImmutable::class], [$read->from::class, $read->to::class]);
        $this->expectExceptionMessage('from must be an instant, and is "soon"');
        DataReader::read($class::class, ['from' => 'soon'], 'It');
    }

    public function testATextIsNoCaseOfAnEnumOfNumbers(): void
    {
        $class = new class () {
            public ?Level $level = null;
        };
        self::assertSame(Level::High, DataReader::read($class::class, ['level' => 2], 'It')->level);
        $this->expectException(NonRetriableError::class);
        $this->expectExceptionMessage('level must be one of 1, 2, and is "2"');
        DataReader::read($class::class, ['level' => '2'], 'It');
    }

    public function testWhatTheConstructorThrowsIsNoMistakeOfTheSdk(): void
    {
        $class = new class ('x') {
            public function __construct(public readonly string $name)
            {
                if ($name === '') {
                    throw new \DomainException('a name is not empty');
                }
            }
        };
        $this->expectException(NonRetriableError::class);
        $this->expectExceptionMessage('The data does not fit');
        $this->expectExceptionMessage('a name is not empty');
        DataReader::read($class::class, ['name' => ''], 'The data');
    }
}
