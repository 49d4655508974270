<?php

declare(strict_types=1);

namespace Durable\Options;

use Durable\Exception\InvalidOption;
use Durable\Wire\Limits;

/** So many at a time, for each value of a key; up to four of them, of which a run needs all. */
final class Concurrency
{
    /** @return array<string, mixed>|list<array<string, mixed>> */
    public static function onWire(mixed $concurrency): array
    {
        if (is_int($concurrency)) {
            return self::one('concurrency', ['limit' => $concurrency]);
        }
        if (!is_array($concurrency) || !array_is_list($concurrency)) {
            return self::one('concurrency', $concurrency);
        }
        if ($concurrency === [] || count($concurrency) > Limits::CONCURRENCY_LIMITS_MAX) {
            throw new InvalidOption('"concurrency" is one limit, or a list of up to 4.');
        }
        return array_map(
            static fn (int $at): array => self::one("concurrency[{$at}]", $concurrency[$at]),
            array_keys($concurrency),
        );
    }

    /** @return array<string, mixed> */
    private static function one(string $subject, mixed $options): array
    {
        $options = Options::checked($subject, $options, ['limit', 'key', 'scope', 'unit']);
        $onWire = ['limit' => Bounds::wholeNumber("{$subject}.limit", $options['limit'] ?? null, Limits::LIMIT_MAX)];
        if (isset($options['key'])) {
            $onWire['key'] = Bounds::key("{$subject}.key", $options['key']);
        }
        if (isset($options['scope'])) {
            $onWire['scope'] = Bounds::oneOf("{$subject}.scope", $options['scope'], ['function', 'workspace']);
        }
        if (isset($options['unit'])) {
            $onWire['unit'] = Bounds::oneOf("{$subject}.unit", $options['unit'], ['step', 'run']);
        }
        return $onWire;
    }
}
