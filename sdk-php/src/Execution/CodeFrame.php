<?php

declare(strict_types=1);

namespace Durable\Execution;

/** Where in the user's own code something happened. */
final class CodeFrame
{
    /**
     * `src/charge.php:12:1`: the innermost place that is neither of this SDK nor of another package. Null where there is none.
     * Paths are told from the folder of the app on, so that no machine's layout travels.
     */
    public static function of(\Throwable $thrown): ?string
    {
        return self::first([['file' => $thrown->getFile(), 'line' => $thrown->getLine()], ...$thrown->getTrace()]);
    }

    /** Of the code that calls. */
    public static function here(): ?string
    {
        return self::first(debug_backtrace(DEBUG_BACKTRACE_IGNORE_ARGS));
    }

    /** @param list<array<string, mixed>> $trace */
    private static function first(array $trace): ?string
    {
        $own = dirname(__DIR__) . DIRECTORY_SEPARATOR;
        foreach ($trace as $frame) {
            $file = $frame['file'] ?? '';
            if ($file === '' || str_starts_with($file, $own) || preg_match('~[\\\\/]vendor[\\\\/]~', $file) === 1) {
                continue;
            }
            return self::fromHere($file) . ':' . ($frame['line'] ?? 1) . ':1';
        }
        return null;
    }

    private static function fromHere(string $file): string
    {
        $folder = (string) getcwd() . DIRECTORY_SEPARATOR;
        if (strlen($folder) > 1 && str_starts_with($file, $folder)) {
            return substr($file, strlen($folder));
        }
        return implode('/', array_slice(preg_split('~[\\\\/]~', $file) ?: [], -2));
    }
}
