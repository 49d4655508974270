<?php

declare(strict_types=1);

namespace Durable\Execution;

use Psr\Log\LoggerInterface;

/** Where that goes which the code of a step says: into its lines, which are kept with the run, and to the app's own logger. */
final class StepLog
{
    private const LEVELS = ['debug' => 'debug', 'info' => 'info', 'warn' => 'warning', 'error' => 'error'];

    /** @param LogLines|null $lines Null between steps: a replay would say everything again. */
    public function __construct(private readonly ?LogLines $lines, private readonly ?LoggerInterface $logger)
    {
    }

    /**
     * Never throws: a step must not fail for what it says about itself, nor for a logger that is out of order.
     *
     * @param string $level `debug`, `info`, `warn` or `error`; anything else is `info`.
     */
    public function say(string $message, mixed $data, string $level): void
    {
        $level = isset(self::LEVELS[$level]) ? $level : 'info';
        $this->lines?->add($level, $message, $data);
        $context = is_array($data) ? $data : ($data === null ? [] : ['data' => $data]);
        try {
            $this->logger?->log(self::LEVELS[$level], $message, $context);
        } catch (\Throwable) {
        }
    }
}
