<?php

declare(strict_types=1);

namespace Durable\Schema;

use Durable\Attribute\ListOf;
use Durable\Exception\InvalidOption;
use Durable\Options\Shown;

/** One member of the data that a class stands for: a parameter of its constructor, or a public property. */
final class Member
{
    private function __construct(
        public readonly string $name,
        /** Null where there is none. */
        public readonly ?\ReflectionType $type,
        public readonly bool $isOptional,
        /** Of what it has a list: a class or a scalar. */
        public readonly ?string $listOf,
        /** Whether the constructor is given null where the data has none; else PHP's own default is left to it. */
        public readonly bool $isNullUnlessGiven,
    ) {
    }

    /**
     * @param class-string $class
     * @return list<self>
     * @throws InvalidOption when it is no class that data can be made of.
     */
    public static function of(string $class): array
    {
        if (!class_exists($class)) {
            throw new InvalidOption(Shown::text($class) . ' is no class.');
        }
        $reflection = new \ReflectionClass($class);
        if (!$reflection->isInstantiable()) {
            throw new InvalidOption("{$class} is a class of which no object can be made.");
        }
        $parameters = $reflection->getConstructor()?->getParameters() ?? [];
        return $parameters === [] ? self::ofProperties($reflection) : array_map(self::ofParameter(...), $parameters);
    }

    private static function ofParameter(\ReflectionParameter $parameter): self
    {
        $type = $parameter->getType();
        $isOptional = $parameter->isOptional() || ($type?->allowsNull() ?? true);
        $isNullUnlessGiven = $isOptional && !$parameter->isDefaultValueAvailable() && !$parameter->isVariadic();
        return new self($parameter->getName(), $type, $isOptional, self::listOf($parameter), $isNullUnlessGiven);
    }

    /** @return list<self> */
    private static function ofProperties(\ReflectionClass $class): array
    {
        $members = [];
        foreach ($class->getProperties(\ReflectionProperty::IS_PUBLIC) as $property) {
            // What nobody outside may write is what the constructor makes of itself.
            if ($property->isStatic() || $property->isReadOnly()) {
                continue;
            }
            $isOptional = $property->hasDefaultValue() || ($property->getType()?->allowsNull() ?? true);
            $members[] = new self($property->getName(), $property->getType(), $isOptional, self::listOf($property), false);
        }
        return $members;
    }

    private static function listOf(\ReflectionParameter|\ReflectionProperty $member): ?string
    {
        $attributes = $member->getAttributes(ListOf::class);
        return $attributes === [] ? null : $attributes[0]->newInstance()->type;
    }
}
