<?php

declare(strict_types=1);

namespace Durable\Options;

use Durable\DurableFunction;
use Durable\Exception\InvalidOption;
use Durable\Wire\Limits;

/** The functions that a function says it starts: as such, as "id" or as "app/id". */
final class Invokes
{
    private const TARGET = '~^(?:[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}/)?[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$~D';

    /** @return list<string> */
    public static function onWire(mixed $invokes): array
    {
        if (!is_array($invokes) || !array_is_list($invokes) || count($invokes) > Limits::INVOKES_MAX) {
            throw new InvalidOption('"invokes" is a list of at most 100 functions.');
        }
        return array_map(static function (mixed $target): string {
            $id = $target instanceof DurableFunction ? $target->id : $target;
            if (is_string($id) && preg_match(self::TARGET, $id) === 1) {
                return $id;
            }
            throw new InvalidOption(
                '"invokes" names functions: as such, as "id" or as "app/id", not ' . Shown::text($id) . '.',
            );
        }, $invokes);
    }
}
