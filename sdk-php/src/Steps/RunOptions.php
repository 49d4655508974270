<?php

declare(strict_types=1);

namespace Durable\Steps;

use Durable\Duration;
use Durable\Exception\InvalidOption;
use Durable\Exception\NonRetriableError;
use Durable\Options\RetryPolicy;
use Durable\Wire\Limits;

/** What was said of a `run`, read before its body runs: a mistake in it is no failure of the body. */
final class RunOptions
{
    private function __construct(
        /** @var array<string, mixed>|null */
        public readonly ?array $policy,
        public readonly mixed $decide,
        public readonly ?int $timeoutMs,
        public readonly ?int $heartbeatTimeoutMs,
        public readonly bool $atMostOnce,
        public readonly ?Compensation $compensation,
    ) {
    }

    /**
     * @param array<string, mixed> $ofFunction
     * @throws NonRetriableError with what is wrong.
     */
    public static function read(
        string $name,
        mixed $retry,
        mixed $timeout,
        mixed $heartbeatTimeout,
        ?string $onExhausted,
        bool $atMostOnce,
        mixed $compensate,
        array $ofFunction,
    ): self {
        if ($atMostOnce && ($retry !== null || $onExhausted !== null)) {
            throw new NonRetriableError(
                "Step \"{$name}\": what runs at most once is not tried again. Leave out \"retry\" and \"onExhausted\", or "
                . '"atMostOnce".',
            );
        }
        try {
            $isOwn = $retry !== null || $onExhausted !== null;
            return new self(
                $isOwn ? RetryPolicy::onWire(RetryPolicy::withOnExhausted($retry, $onExhausted), $ofFunction) : null,
                RetryPolicy::decideOf($retry, $ofFunction),
                $timeout === null ? null : Duration::attemptMs($timeout),
                $heartbeatTimeout === null ? null : self::heartbeatMs($heartbeatTimeout),
                $atMostOnce,
                $compensate === null ? null : Compensation::read($name, $compensate, $ofFunction),
            );
        } catch (InvalidOption $problem) {
            throw new NonRetriableError("Step \"{$name}\": {$problem->getMessage()}", $problem);
        }
    }

    /** @return array<string, mixed>|null What the engine has to know of a step to end it by its silence. */
    public function watch(): ?array
    {
        if ($this->heartbeatTimeoutMs === null) {
            return null;
        }
        $watch = ['heartbeat_timeout_ms' => $this->heartbeatTimeoutMs];
        return $this->policy === null ? $watch : $watch + ['retry_policy' => $this->policy];
    }

    private static function heartbeatMs(mixed $timeout): int
    {
        $ms = Duration::ms($timeout);
        if ($ms >= 1 && $ms <= Limits::HEARTBEAT_TIMEOUT_MS_MAX) {
            return $ms;
        }
        throw new InvalidOption('"heartbeatTimeout" is a time up to 24 h.');
    }
}
