<?php

declare(strict_types=1);

namespace Durable\Tests\stubs;

use Psr\Log\LoggerInterface;

/** A PSR-3 logger that keeps what it is told. */
final class Lines implements LoggerInterface
{
    /** @var list<array{string, string, array<string, mixed>}> */
    public array $lines = [];

    public function emergency($message, array $context = []): void
    {
        $this->log('emergency', $message, $context);
    }

    public function alert($message, array $context = []): void
    {
        $this->log('alert', $message, $context);
    }

    public function critical($message, array $context = []): void
    {
        $this->log('critical', $message, $context);
    }

    public function error($message, array $context = []): void
    {
        $this->log('error', $message, $context);
    }

    public function warning($message, array $context = []): void
    {
        $this->log('warning', $message, $context);
    }

    public function notice($message, array $context = []): void
    {
        $this->log('notice', $message, $context);
    }

    public function info($message, array $context = []): void
    {
        $this->log('info', $message, $context);
    }

    public function debug($message, array $context = []): void
    {
        $this->log('debug', $message, $context);
    }

    public function log($level, $message, array $context = []): void
    {
        $this->lines[] = [(string) $level, (string) $message, $context];
    }
}
