<?php

declare(strict_types=1);

namespace Durable\Execution;

/**
 * That an engine did not answer a moment ago, so that nobody should wait for it: every dispatch would otherwise. PHP forgets
 * everything between two requests; what the next one in this process shall know stands in a file.
 */
final class Silence
{
    private const LEFT_ALONE_S = 30;
    private const MARK = 'silent-';

    /** Null where nothing can be remembered. */
    private readonly ?string $folder;
    private readonly string $mark;

    public function __construct(string $engineUrl)
    {
        $this->folder = PrivateFolder::path();
        $this->mark = $this->folder . '/' . self::MARK . substr(hash('sha256', $engineUrl . '|' . getmypid()), 0, 32);
    }

    public function isRecent(): bool
    {
        return $this->folder !== null && self::isFresh($this->mark);
    }

    /** Remembered for a while, in all dispatches of this process. */
    public function remember(): void
    {
        if ($this->folder === null) {
            return;
        }
        // Processes come and go: what those of before have left is taken away by whoever comes next.
        foreach (glob($this->folder . '/' . self::MARK . '*') ?: [] as $mark) {
            if (!self::isFresh($mark)) {
                @unlink($mark);
            }
        }
        @touch($this->mark);
    }

    private static function isFresh(string $mark): bool
    {
        clearstatcache(true, $mark);
        return is_file($mark) && abs(time() - (int) @filemtime($mark)) < self::LEFT_ALONE_S;
    }
}
