<?php

declare(strict_types=1);

namespace Durable\Bridge;

use Durable\Http\Handler;

/** What `durable:list` shows of the functions that an app serves. */
final class FunctionList
{
    public const HEADS = ['Function', 'Starts', 'Limits'];
    private const LIMITS = [
        'concurrency', 'throttle', 'idempotency', 'debounce', 'batch', 'rate_limit', 'singleton', 'fairness', 'priority', 'timeouts',
    ];

    /** @return list<array{string, string, string}> */
    public static function rows(Handler $handler): array
    {
        $rows = [];
        foreach ($handler->functions() as $id => $function) {
            $manifest = $function->manifest();
            $starts = array_map(self::trigger(...), $manifest['triggers'] ?? []);
            $limits = array_intersect(self::LIMITS, array_keys($manifest));
            $rows[] = [(string) $id, implode("\n", $starts) ?: 'by hand', implode(', ', $limits)];
        }
        return $rows;
    }

    /** @param array<string, mixed> $trigger */
    private static function trigger(array $trigger): string
    {
        $if = isset($trigger['if']) ? " if {$trigger['if']}" : '';
        return isset($trigger['event'])
            ? "event {$trigger['event']}{$if}"
            : "cron {$trigger['cron']}" . (isset($trigger['tz']) ? " {$trigger['tz']}" : '') . $if;
    }
}
