<?php

declare(strict_types=1);

namespace Durable\Execution;

/** Where the processes of one user on one machine tell each other what PHP forgets between two requests. */
final class PrivateFolder
{
    /** Null where there is none that is nobody else's: then what would stand there is not known. */
    public static function path(?string $parent = null): ?string
    {
        $user = function_exists('posix_geteuid') ? posix_geteuid() : null;
        $folder = ($parent ?? sys_get_temp_dir()) . '/durable-php-' . ($user ?? getmyuid());
        if (!@mkdir($folder, 0o700) && (!is_dir($folder) || is_link($folder))) {
            return null;
        }
        clearstatcache(true, $folder);
        // The name can be guessed, so somebody else may have been first.
        $isOwn = $user === null || (fileowner($folder) === $user && (fileperms($folder) & 0o077) === 0);
        return $isOwn ? $folder : null;
    }
}
