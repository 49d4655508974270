<?php

declare(strict_types=1);

namespace Durable\Options;

use Durable\Wire\Limits;

/** Which runs go first: `priority` and `fairness`. */
final class Order
{
    /** @return int|string|array{cel: string} */
    public static function priority(mixed $priority): int|string|array
    {
        return self::number('priority', $priority, Limits::PRIORITY_MAX, -Limits::PRIORITY_MAX);
    }

    /** @return array<string, mixed> */
    public static function fairness(mixed $options): array
    {
        $options = Options::checked('fairness', $options, ['key', 'weight']);
        $onWire = ['key' => Bounds::key('fairness.key', $options['key'] ?? null)];
        if (isset($options['weight'])) {
            $onWire['weight'] = self::number('fairness.weight', $options['weight'], Limits::FAIRNESS_WEIGHT_MAX, 1);
        }
        return $onWire;
    }

    /** @return int|string|array{cel: string} */
    private static function number(string $subject, mixed $value, int $max, int $min): int|string|array
    {
        return is_int($value) || is_float($value)
            ? Bounds::wholeNumber($subject, $value, $max, $min)
            : Bounds::key($subject, $value);
    }
}
