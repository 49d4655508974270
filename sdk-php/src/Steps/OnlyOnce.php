<?php

declare(strict_types=1);

namespace Durable\Steps;

use Durable\Execution\PrivateFolder;
use Durable\Json\JsonWriter;
use Durable\Json\RawJson;

/**
 * What keeps the code of a step that runs at most once from being called twice when its request comes twice: through a proxy
 * that sends again, for one. The engine asks once; this is for what stands between. Who comes second is given what came of the
 * first.
 */
final class OnlyOnce
{
    private const MARK_KEPT_S = 3_600;
    private const RESULT_KEPT_S = 60;
    private const PRUNE_EVERY_S = 30;

    /**
     * @param \Closure(): array<string, mixed> $call The op that says how it went.
     * @return array<string, mixed>|null Null when it has been called, and nobody knows what came of it.
     */
    public static function run(string $key, \Closure $call): ?array
    {
        $folder = PrivateFolder::path();
        if ($folder === null) {
            return $call();
        }
        self::prune($folder);
        $file = @fopen($folder . '/once-' . hash('sha256', $key), 'c+');
        if ($file === false) {
            return $call();
        }
        // Who is second waits for the end of the first.
        flock($file, LOCK_EX);
        $before = (string) stream_get_contents($file);
        if ($before !== '') {
            $op = json_decode($before, true);
            return is_array($op) ? self::restored($op) : null;
        }
        self::write($file, 'called');
        $op = $call();
        self::write($file, JsonWriter::write(['v' => isset($op['v']) ? $op['v']->text : null] + $op));
        fclose($file);
        return $op;
    }

    /**
     * @param array<string, mixed> $op
     * @return array<string, mixed>
     */
    private static function restored(array $op): array
    {
        unset($op['logs']);
        if (is_string($op['v'])) {
            $op['v'] = new RawJson($op['v']);
        } else {
            unset($op['v']);
        }
        return $op;
    }

    /** @param resource $file */
    private static function write($file, string $text): void
    {
        ftruncate($file, 0);
        rewind($file);
        fwrite($file, $text);
        fflush($file);
    }

    /** Now and then: there may be very many marks, and this goes through all of them. */
    private static function prune(string $folder): void
    {
        $last = "{$folder}/pruned";
        clearstatcache(true, $last);
        if (is_file($last) && time() - (int) @filemtime($last) < self::PRUNE_EVERY_S) {
            return;
        }
        @touch($last);
        foreach (glob("{$folder}/once-*") ?: [] as $mark) {
            $age = time() - (int) @filemtime($mark);
            if ($age > self::MARK_KEPT_S) {
                @unlink($mark);
            } elseif ($age > self::RESULT_KEPT_S && (int) @filesize($mark) > strlen('called')) {
                // Values of users lie here no longer than they must.
                @file_put_contents($mark, 'called');
                @touch($mark, time() - $age);
            }
        }
    }
}
