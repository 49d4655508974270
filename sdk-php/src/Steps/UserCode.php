<?php

declare(strict_types=1);

namespace Durable\Steps;

use Durable\Exception\NonRetriableError;

/** What is asked of functions that users give. */
final class UserCode
{
    /** @throws NonRetriableError for a generator, which would return at once and do nothing. */
    public static function closure(string $subject, callable $code): \Closure
    {
        $closure = \Closure::fromCallable($code);
        if ((new \ReflectionFunction($closure))->isGenerator()) {
            throw new NonRetriableError(
                "{$subject} is a generator, which does nothing until somebody goes through it. Steps are called, not yielded.",
            );
        }
        return $closure;
    }

    /** Functions of PHP itself refuse arguments that they do not take. */
    public static function takesArguments(\Closure $closure): bool
    {
        return (new \ReflectionFunction($closure))->isUserDefined();
    }

    /** Whether it says itself that it returns nothing. */
    public static function isVoid(\Closure $closure): bool
    {
        $type = (new \ReflectionFunction($closure))->getReturnType();
        return $type instanceof \ReflectionNamedType && in_array($type->getName(), ['void', 'never'], true);
    }
}
