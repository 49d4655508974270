<?php

declare(strict_types=1);

namespace Durable\Steps;

use Durable\Json\RawJson;

/** How one attempt went. */
final class BodyEnd
{
    /** @param list<array<string, mixed>> $logs */
    public function __construct(
        public readonly ?\Throwable $thrown,
        public readonly ?RawJson $value,
        public readonly int $ms,
        public readonly array $logs,
        public readonly bool $isHungUp,
    ) {
    }

    /** @return array<string, mixed> What every op says of it. */
    public function said(): array
    {
        return ['ms' => $this->ms] + ($this->logs === [] ? [] : ['logs' => $this->logs]);
    }
}
