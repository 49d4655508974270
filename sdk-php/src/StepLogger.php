<?php

declare(strict_types=1);

namespace Durable;

use Psr\Log\LoggerInterface;

/** A PSR-3 logger whose lines are kept with the attempt of a step. */
final class StepLogger implements LoggerInterface
{
    private const LEVELS = [
        'emergency' => 'error', 'alert' => 'error', 'critical' => 'error', 'error' => 'error', 'warning' => 'warn',
        'notice' => 'info', 'info' => 'info', 'debug' => 'debug',
    ];

    public function __construct(private readonly StepContext $context)
    {
    }

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
        $known = is_string($level) ? self::LEVELS[$level] ?? 'info' : 'info';
        $this->context->log(self::filledIn((string) $message, $context), $context, $known);
    }

    /** @param array<string, mixed> $context */
    private static function filledIn(string $message, array $context): string
    {
        $named = [];
        foreach ($context as $name => $value) {
            if (is_scalar($value) || $value instanceof \Stringable) {
                $named["{{$name}}"] = (string) $value;
            }
        }
        return strtr($message, $named);
    }
}
