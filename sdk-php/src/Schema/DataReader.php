<?php

declare(strict_types=1);

namespace Durable\Schema;

use Durable\Exception\NonRetriableError;
use Durable\Json\JsonObject;
use Durable\Options\Shown;

/** Makes objects of users' classes out of data. What does not fit is collected, each with its place. */
final class DataReader
{
    /** @var list<string> */
    private array $problems = [];

    private function __construct()
    {
    }

    /**
     * @template T of object
     * @param class-string<T> $class
     * @param string $subject How a sentence about the data begins: `The data of event "order.placed"`.
     * @return T
     * @throws NonRetriableError with what does not fit, and where.
     */
    public static function read(string $class, mixed $data, string $subject): object
    {
        $reader = new self();
        $object = $reader->object($class, $data, '');
        if ($object === null || $reader->problems !== []) {
            throw new NonRetriableError("{$subject} does not fit {$class}: " . implode('; ', $reader->problems));
        }
        return $object;
    }

    /** @param class-string $class */
    private function object(string $class, mixed $data, string $path): ?object
    {
        if ($data instanceof JsonObject) {
            $data = $data->getArrayCopy();
        }
        if (!is_array($data) || ($data !== [] && array_is_list($data))) {
            return $this->isNot($path, 'an object', $data);
        }
        $values = [];
        foreach (Member::of($class) as $member) {
            $name = $member->name;
            if (array_key_exists($name, $data)) {
                $values[$name] = $this->member($member, $data[$name], "{$path}.{$name}");
            } elseif (!$member->isOptional) {
                $this->problems[] = self::at("{$path}.{$name}") . ' is missing';
            } elseif ($member->isNullUnlessGiven) {
                $values[$name] = null;
            }
        }
        return $this->problems === [] ? $this->make($class, $values, $path) : null;
    }

    /**
     * @param class-string $class
     * @param array<string, mixed> $values
     */
    private function make(string $class, array $values, string $path): ?object
    {
        try {
            if (((new \ReflectionClass($class))->getConstructor()?->getNumberOfParameters() ?? 0) > 0) {
                return new $class(...$values);
            }
            $object = new $class();
            foreach ($values as $name => $value) {
                $object->{$name} = $value;
            }
            return $object;
        } catch (\Throwable $refused) {
            // The class has rules of its own, and the same data would break them again.
            $this->problems[] = self::at($path) . " was refused by {$class}: {$refused->getMessage()}";
            return null;
        }
    }

    private function member(Member $member, mixed $data, string $path): mixed
    {
        $type = $member->type;
        if (!$type instanceof \ReflectionNamedType || ($data === null && $type->allowsNull())) {
            return $data;
        }
        return $this->named($type->getName(), $member->listOf, $data, $path);
    }

    private function named(string $type, ?string $listOf, mixed $data, string $path): mixed
    {
        return match (true) {
            $type === 'string' => is_string($data) ? $data : $this->isNot($path, $type, $data),
            $type === 'bool' => is_bool($data) ? $data : $this->isNot($path, $type, $data),
            $type === 'float' => is_int($data) || is_float($data) ? (float) $data : $this->isNot($path, $type, $data),
            $type === 'int' => self::isWhole($data) ? (int) $data : $this->isNot($path, $type, $data),
            $type === 'array' => $this->items($data, $listOf, $path),
            is_subclass_of($type, \BackedEnum::class) => $this->enumCase($type, $data, $path),
            is_a($type, \DateTimeInterface::class, true) => $this->instant($type, $data, $path),
            class_exists($type) => $this->object($type, $data, $path),
            default => $data,
        };
    }

    private static function isWhole(mixed $data): bool
    {
        return is_int($data) || (is_float($data) && floor($data) === $data && abs($data) < 9e15);
    }

    /** @param class-string<\BackedEnum> $enum */
    private function enumCase(string $enum, mixed $data, string $path): ?\BackedEnum
    {
        // Not by tryFrom: of numbers it refuses texts with a TypeError.
        foreach ($enum::cases() as $case) {
            if ($case->value === $data) {
                return $case;
            }
        }
        $values = array_map(static fn (\BackedEnum $each): string => (string) $each->value, $enum::cases());
        return $this->isNot($path, 'one of ' . implode(', ', $values), $data);
    }

    /** @param class-string<\DateTimeInterface> $class */
    private function instant(string $class, mixed $data, string $path): ?\DateTimeInterface
    {
        try {
            if (is_string($data)) {
                return interface_exists($class) ? new \DateTimeImmutable($data) : new $class($data);
            }
        } catch (\Exception) {
        }
        return $this->isNot($path, 'an instant', $data);
    }

    /** @return array<array-key, mixed>|null */
    private function items(mixed $data, ?string $listOf, string $path): ?array
    {
        if ($data instanceof JsonObject) {
            $data = $data->getArrayCopy();
        }
        if (!is_array($data)) {
            return $this->isNot($path, 'array', $data);
        }
        if ($listOf === null) {
            return $data;
        }
        $items = [];
        foreach ($data as $at => $item) {
            $items[$at] = $this->named($listOf, null, $item, "{$path}[{$at}]");
        }
        return $items;
    }

    /** @return null */
    private function isNot(string $path, string $what, mixed $data): mixed
    {
        $this->problems[] = self::at($path) . " must be {$what}, and is " . Shown::text($data);
        return null;
    }

    private static function at(string $path): string
    {
        return $path === '' ? 'it' : ltrim($path, '.');
    }
}
