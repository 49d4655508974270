<?php

declare(strict_types=1);

namespace Durable\Options;

use Durable\Duration;
use Durable\Exception\InvalidOption;
use Durable\Wire\Limits;

/** What starts runs of a function: events and the ticks of schedules. */
final class Triggers
{
    /**
     * @param list<array<string, mixed>> $triggers
     * @return list<array<string, mixed>>
     */
    public static function onWire(array $triggers): array
    {
        if (count($triggers) > Limits::TRIGGERS_PER_FUNCTION_MAX) {
            throw new InvalidOption('there are more than 10 triggers.');
        }
        return array_map(self::one(...), $triggers);
    }

    /** @return array<string, mixed> */
    private static function one(mixed $trigger): array
    {
        if (is_string($trigger)) {
            return ['event' => $trigger];
        }
        $isCron = is_array($trigger) && array_key_exists('cron', $trigger);
        $members = $isCron ? ['cron', 'if', 'tz', 'jitter', 'catchUp', 'overlap', 'data'] : ['event', 'if'];
        $options = Options::checked('a trigger', $trigger, $members);
        if (!is_string($options[$isCron ? 'cron' : 'event'] ?? null)) {
            throw new InvalidOption("a trigger is ['event' => 'order.placed'] or ['cron' => '0 9 * * *'].");
        }
        return $isCron ? self::cron($options) : $options;
    }

    /**
     * @param array<string, mixed> $options
     * @return array<string, mixed>
     */
    private static function cron(array $options): array
    {
        $onWire = ['cron' => $options['cron']];
        foreach (['if', 'tz', 'data'] as $member) {
            if (array_key_exists($member, $options)) {
                $onWire[$member] = $options[$member];
            }
        }
        if (isset($options['jitter'])) {
            $onWire['jitter_ms'] = Duration::ms($options['jitter']);
            if ($onWire['jitter_ms'] > Limits::JITTER_MS_MAX) {
                throw new InvalidOption('jitter may be an hour at most, and is ' . Shown::text($options['jitter']) . '.');
            }
        }
        if (isset($options['catchUp'])) {
            $onWire['catch_up'] = Bounds::oneOf('catchUp', $options['catchUp'], ['none', 'last', 'all']);
        }
        if (isset($options['overlap'])) {
            $onWire['overlap'] = Bounds::oneOf('overlap', $options['overlap'], ['allow', 'skip', 'queue', 'cancel']);
        }
        return $onWire;
    }
}
