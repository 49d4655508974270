<?php

declare(strict_types=1);

namespace Durable\Schema;

use Durable\Attribute\ListOf;
use Durable\Exception\InvalidOption;
use Durable\Exception\NonRetriableError;
use Durable\Json\JsonObject;
use Durable\Options\Shown;

/**
 * JSON Schema of a class, and objects of it out of data: its public properties, or the parameters of its constructor, are the
 * members. Types are scalars, enums with values, DateTimeImmutable, other such classes, and arrays (`#[ListOf(Item::class)]`).
 */
final class Schema
{
    private const SCALARS = ['string' => 'string', 'int' => 'integer', 'float' => 'number', 'bool' => 'boolean'];

    /**
     * @param class-string $class
     * @return array<string, mixed>
     * @throws InvalidOption when it is no class that data can be made of.
     */
    public static function ofClass(string $class): array
    {
        return self::ofObject($class, []);
    }

    /**
     * Data as an object of the class.
     *
     * @template T of object
     * @param class-string<T> $class
     * @return T
     * @throws NonRetriableError with what does not fit, and where.
     */
    public static function read(string $class, mixed $data, string $subject): object
    {
        $problems = [];
        $object = self::object($class, $data, '', $problems);
        if ($problems !== []) {
            throw new NonRetriableError("{$subject} does not fit {$class}: " . implode('; ', $problems));
        }
        return $object;
    }

    /**
     * @param class-string $class
     * @param list<string> $within
     * @return array<string, mixed>
     */
    private static function ofObject(string $class, array $within): array
    {
        if (in_array($class, $within, true)) {
            throw new InvalidOption("class {$class} holds itself, which no schema of a class says.");
        }
        $properties = [];
        $required = [];
        foreach (self::members($class) as $name => [$type, $isOptional, $listOf]) {
            $properties[$name] = self::ofType($type, $listOf, [...$within, $class]);
            if (!$isOptional) {
                $required[] = $name;
            }
        }
        $schema = ['type' => 'object', 'properties' => (object) $properties];
        return $required === [] ? $schema : $schema + ['required' => $required];
    }

    /**
     * @param list<string> $within
     * @return array<string, mixed>|\stdClass
     */
    private static function ofType(?\ReflectionType $type, ?string $listOf, array $within): array|\stdClass
    {
        if (!$type instanceof \ReflectionNamedType) {
            return new \stdClass();
        }
        $schema = self::ofName($type->getName(), $listOf, $within);
        if (!$type->allowsNull() || $schema === []) {
            return $schema === [] ? new \stdClass() : $schema;
        }
        return is_string($schema['type'] ?? null) && !isset($schema['enum'])
            ? ['type' => [$schema['type'], 'null']] + $schema
            : ['anyOf' => [$schema, ['type' => 'null']]];
    }

    /**
     * @param list<string> $within
     * @return array<string, mixed>
     */
    private static function ofName(string $name, ?string $listOf, array $within): array
    {
        if (isset(self::SCALARS[$name])) {
            return ['type' => self::SCALARS[$name]];
        }
        if ($name === 'array') {
            $items = $listOf === null ? [] : self::ofName($listOf, null, $within);
            return $listOf === null ? ['type' => ['array', 'object']] : ['type' => 'array', 'items' => (object) $items];
        }
        if (is_subclass_of($name, \BackedEnum::class)) {
            return ['enum' => array_map(static fn (\BackedEnum $case): int|string => $case->value, $name::cases())];
        }
        if (is_a($name, \DateTimeInterface::class, true)) {
            return ['type' => 'string', 'format' => 'date-time'];
        }
        return class_exists($name) ? self::ofObject($name, $within) : [];
    }

    /**
     * @param class-string $class
     * @return array<string, array{?\ReflectionType, bool, ?string}>
     */
    private static function members(string $class): array
    {
        if (!class_exists($class)) {
            throw new InvalidOption(Shown::text($class) . ' is no class.');
        }
        $reflection = new \ReflectionClass($class);
        if (!$reflection->isInstantiable()) {
            throw new InvalidOption("{$class} is a class of which no object can be made.");
        }
        $members = [];
        foreach ($reflection->getConstructor()?->getParameters() ?? [] as $parameter) {
            $isOptional = $parameter->isOptional() || ($parameter->getType()?->allowsNull() ?? true);
            $members[$parameter->getName()] = [$parameter->getType(), $isOptional, self::listOf($parameter)];
        }
        if ($members !== []) {
            return $members;
        }
        foreach ($reflection->getProperties(\ReflectionProperty::IS_PUBLIC) as $property) {
            $isOptional = $property->hasDefaultValue() || ($property->getType()?->allowsNull() ?? true);
            $members[$property->getName()] = [$property->getType(), $isOptional, self::listOf($property)];
        }
        return $members;
    }

    private static function listOf(\ReflectionParameter|\ReflectionProperty $member): ?string
    {
        $attributes = $member->getAttributes(ListOf::class);
        return $attributes === [] ? null : $attributes[0]->newInstance()->type;
    }

    /**
     * @param class-string $class
     * @param list<string> $problems
     */
    private static function object(string $class, mixed $data, string $path, array &$problems): ?object
    {
        if ($data instanceof JsonObject) {
            $data = $data->getArrayCopy();
        }
        if (!is_array($data) || ($data !== [] && array_is_list($data))) {
            $problems[] = self::at($path) . ' must be an object, and is ' . Shown::text($data);
            return null;
        }
        $values = [];
        foreach (self::members($class) as $name => [$type, $isOptional, $listOf]) {
            if (!array_key_exists($name, $data)) {
                if (!$isOptional) {
                    $problems[] = self::at("{$path}.{$name}") . ' is missing';
                } elseif ((new \ReflectionClass($class))->getConstructor()?->getParameters() !== null) {
                    $values += self::defaultOf($class, $name);
                }
                continue;
            }
            $values[$name] = self::value($type, $listOf, $data[$name], "{$path}.{$name}", $problems);
        }
        return $problems === [] ? self::make($class, $values) : null;
    }

    /**
     * @param class-string $class
     * @return array<string, mixed>
     */
    private static function defaultOf(string $class, string $name): array
    {
        foreach ((new \ReflectionClass($class))->getConstructor()?->getParameters() ?? [] as $parameter) {
            if ($parameter->getName() === $name) {
                return $parameter->isDefaultValueAvailable() ? [] : [$name => null];
            }
        }
        return [];
    }

    /**
     * @param class-string $class
     * @param array<string, mixed> $values
     */
    private static function make(string $class, array $values): object
    {
        $reflection = new \ReflectionClass($class);
        if ($reflection->getConstructor() !== null) {
            return $reflection->newInstance(...$values);
        }
        $object = $reflection->newInstance();
        foreach ($values as $name => $value) {
            $object->{$name} = $value;
        }
        return $object;
    }

    /** @param list<string> $problems */
    private static function value(?\ReflectionType $type, ?string $listOf, mixed $data, string $path, array &$problems): mixed
    {
        if (!$type instanceof \ReflectionNamedType || ($data === null && $type->allowsNull())) {
            return $data;
        }
        return self::named($type->getName(), $listOf, $data, $path, $problems);
    }

    /** @param list<string> $problems */
    private static function named(string $name, ?string $listOf, mixed $data, string $path, array &$problems): mixed
    {
        $fits = match ($name) {
            'string' => is_string($data),
            'int' => is_int($data) || (is_float($data) && floor($data) === $data && abs($data) < 9e15),
            'float' => is_int($data) || is_float($data),
            'bool' => is_bool($data),
            'array' => is_array($data) || $data instanceof JsonObject,
            default => null,
        };
        if ($fits === false) {
            $problems[] = self::at($path) . " must be {$name}, and is " . Shown::text($data);
            return $data;
        }
        if ($name === 'array') {
            return self::items($data instanceof JsonObject ? $data->getArrayCopy() : $data, $listOf, $path, $problems);
        }
        if ($fits === true) {
            return match ($name) {
                'int' => (int) $data,
                'float' => (float) $data,
                default => $data,
            };
        }
        if (is_subclass_of($name, \BackedEnum::class)) {
            $case = is_string($data) || is_int($data) ? $name::tryFrom($data) : null;
            if ($case === null) {
                $problems[] = self::at($path) . ' must be one of '
                    . implode(', ', array_map(static fn (\BackedEnum $each): string => (string) $each->value, $name::cases()))
                    . ', and is ' . Shown::text($data);
            }
            return $case;
        }
        if (is_a($name, \DateTimeInterface::class, true)) {
            try {
                return is_string($data) ? new \DateTimeImmutable($data) : throw new \InvalidArgumentException();
            } catch (\Exception) {
                $problems[] = self::at($path) . ' must be an instant, and is ' . Shown::text($data);
                return null;
            }
        }
        return class_exists($name) ? self::object($name, $data, $path, $problems) : $data;
    }

    /**
     * @param array<array-key, mixed> $data
     * @param list<string> $problems
     * @return array<array-key, mixed>
     */
    private static function items(array $data, ?string $listOf, string $path, array &$problems): array
    {
        if ($listOf === null) {
            return $data;
        }
        $items = [];
        foreach ($data as $at => $item) {
            $items[$at] = self::named($listOf, null, $item, "{$path}[{$at}]", $problems);
        }
        return $items;
    }

    private static function at(string $path): string
    {
        return $path === '' ? 'it' : ltrim($path, '.');
    }
}
