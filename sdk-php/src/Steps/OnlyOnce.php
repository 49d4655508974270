<?php

declare(strict_types=1);

namespace Durable\Steps;

/**
 * What keeps the code of a step that runs at most once from being called twice, when its request comes twice: through a proxy
 * that sends again, for one. The engine asks once; this is for what stands between.
 */
final class OnlyOnce
{
    private const KEPT_S = 3_600;

    /** Whether nobody on this machine has claimed the key lately. */
    public static function claim(string $key): bool
    {
        $folder = sys_get_temp_dir() . '/durable-once-' . (string) getmyuid();
        if (!@mkdir($folder, 0o700) && !is_dir($folder)) {
            return true;
        }
        foreach (glob("{$folder}/*") ?: [] as $mark) {
            if (@filemtime($mark) < time() - self::KEPT_S) {
                @unlink($mark);
            }
        }
        // `x`: made by exactly one.
        $mark = @fopen($folder . '/' . hash('sha256', $key), 'x');
        if ($mark === false) {
            return !is_file($folder . '/' . hash('sha256', $key));
        }
        fclose($mark);
        return true;
    }
}
