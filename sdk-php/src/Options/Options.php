<?php

declare(strict_types=1);

namespace Durable\Options;

use Durable\Exception\InvalidOption;

/**
 * Options with a word that nobody reads do nothing, silently: `retries` where `retry` was meant. So every option is checked
 * against those that there are.
 */
final class Options
{
    /**
     * What is wrong with options, to follow who was given them; null when nothing is.
     *
     * @param list<string> $members What they may have.
     */
    public static function problem(mixed $options, array $members): ?string
    {
        if (!is_array($options) || ($options !== [] && array_is_list($options))) {
            return sprintf("takes an array with the keys %s, not %s.", implode(', ', $members), Shown::text($options));
        }
        foreach (array_keys($options) as $member) {
            if (!in_array($member, $members, true)) {
                return sprintf('has no option "%s". It takes %s.', $member, implode(', ', $members));
            }
        }
        return null;
    }

    /**
     * @param list<string> $members
     * @return array<string, mixed> Without those that are null, which say nothing.
     * @throws InvalidOption
     */
    public static function checked(string $subject, mixed $options, array $members): array
    {
        $problem = self::problem($options, $members);
        if ($problem !== null) {
            throw new InvalidOption("{$subject} {$problem}");
        }
        return array_filter((array) $options, static fn (mixed $value): bool => $value !== null);
    }
}
