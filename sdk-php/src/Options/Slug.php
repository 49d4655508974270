<?php

declare(strict_types=1);

namespace Durable\Options;

use Durable\Exception\InvalidOption;

/** Names of apps and functions: they stand in URLs. */
final class Slug
{
    /** @throws InvalidOption */
    public static function check(string $what, mixed $id): string
    {
        if (is_string($id) && preg_match('/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/D', $id) === 1) {
            return $id;
        }
        throw new InvalidOption(
            "{$what} " . Shown::text($id) . ' must be 1 to 100 of A-Z a-z 0-9 _ . - and not begin with . or -',
        );
    }
}
