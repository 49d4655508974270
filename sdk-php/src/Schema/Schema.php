<?php

declare(strict_types=1);

namespace Durable\Schema;

use Durable\Exception\InvalidOption;

/**
 * JSON Schema of a class: the parameters of its constructor are the members, or its public properties where that takes nothing.
 * Types are scalars, enums with values, DateTimeImmutable, other such classes, and arrays (`#[ListOf(Item::class)]`).
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
        foreach (Member::of($class) as $member) {
            $properties[$member->name] = self::ofType($member->type, $member->listOf, [...$within, $class]);
            if (!$member->isOptional) {
                $required[] = $member->name;
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
}
