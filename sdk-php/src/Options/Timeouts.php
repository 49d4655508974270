<?php

declare(strict_types=1);

namespace Durable\Options;

use Durable\Duration;
use Durable\Exception\InvalidOption;
use Durable\Wire\Limits;

/** Of a whole run, from its creation on: `start` (the app has answered once) and `finish` (the run has ended). */
final class Timeouts
{
    /** @return array<string, int> */
    public static function onWire(mixed $options): array
    {
        $onWire = [];
        foreach (Options::checked('timeouts', $options, ['start', 'finish']) as $member => $duration) {
            $ms = Duration::ms($duration);
            if ($ms < 1 || $ms > Limits::SLEEP_MS_MAX) {
                throw new InvalidOption("timeouts.{$member} must be between 1 ms and 366 days.");
            }
            $onWire["{$member}_ms"] = $ms;
        }
        return $onWire;
    }
}
