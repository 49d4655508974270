<?php

declare(strict_types=1);

namespace Durable\Options;

use Durable\Duration;
use Durable\Exception\InvalidOption;
use Durable\Exception\NonRetriableError;
use Durable\Steps\Awaited;
use Durable\Wire\Limits;

/** Events that cancel a run while it is under way. */
final class CancelOn
{
    /** @return list<array<string, mixed>> */
    public static function onWire(mixed $cancelOn): array
    {
        if (!is_array($cancelOn) || !array_is_list($cancelOn) || count($cancelOn) > Limits::CANCEL_ON_MAX) {
            throw new InvalidOption('"cancelOn" is a list of at most 10 events.');
        }
        return array_map(
            static fn (int $at): array => self::one("cancelOn[{$at}]", $cancelOn[$at]),
            array_keys($cancelOn),
        );
    }

    /** @return array<string, mixed> */
    private static function one(string $subject, mixed $each): array
    {
        try {
            $each = Options::checked($subject, $each, ['event', 'match', 'if', 'timeout']);
            $match = $each['match'] ?? null;
            $timeout = $each['timeout'] ?? null;
            unset($each['match'], $each['timeout']);
            $onWire = Awaited::onWire($subject, $each);
            if ($match !== null) {
                $onWire['match'] = is_string($match) ? $match : Awaited::match($subject, $match);
            }
            if ($timeout !== null) {
                $onWire['timeout_ms'] = Duration::ms($timeout);
            }
            return $onWire;
        } catch (NonRetriableError $problem) {
            throw new InvalidOption($problem->getMessage(), 0, $problem);
        }
    }
}
