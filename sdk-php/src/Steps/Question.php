<?php

declare(strict_types=1);

namespace Durable\Steps;

use Durable\Exception\NonRetriableError;
use Durable\Wire\Limits;

/** What a person is asked, and who. */
final class Question
{
    public function __construct(
        private readonly ?string $title = null,
        private readonly ?string $prompt = null,
        private readonly ?string $assignee = null,
        private readonly mixed $remindAfter = null,
        private readonly ?string $escalateTo = null,
        private readonly mixed $escalateAfter = null,
        private readonly mixed $timeout = null,
    ) {
    }

    /**
     * @return array<string, mixed>
     * @throws NonRetriableError with what is wrong.
     */
    public function onWire(string $subject): array
    {
        $ms = static fn (mixed $duration): ?int => $duration === null ? null : Bounded::ms($subject, $duration);
        $remindMs = $ms($this->remindAfter);
        $timeoutMs = $ms($this->timeout);
        $escalateMs = $ms($this->escalateAfter) ?? ($remindMs === null ? null : 2 * $remindMs);
        if ($this->escalateAfter !== null && $this->escalateTo === null) {
            throw new NonRetriableError("{$subject}: \"escalateAfter\" needs \"escalateTo\", the one who is asked then.");
        }
        if ($this->escalateTo !== null) {
            self::checkEscalation($subject, $escalateMs, $timeoutMs);
        }
        if ($timeoutMs !== null && $remindMs !== null && $remindMs >= $timeoutMs) {
            throw new NonRetriableError(
                "{$subject}: \"remindAfter\" ({$remindMs} ms) is not before \"timeout\" ({$timeoutMs} ms), so nobody would ever be "
                . 'reminded.',
            );
        }
        $onWire = [
            'title' => self::text($subject, 'title', $this->title),
            'prompt' => self::text($subject, 'prompt', $this->prompt, Limits::INPUT_PROMPT_CHARACTERS_MAX),
            'assignee' => self::text($subject, 'assignee', $this->assignee),
            'remind_after_ms' => $remindMs,
            'escalate_after_ms' => $this->escalateTo === null ? null : $escalateMs,
            'escalate_to' => self::text($subject, 'escalateTo', $this->escalateTo),
            'timeout_ms' => $timeoutMs,
        ];
        return array_filter($onWire, static fn (mixed $value): bool => $value !== null);
    }

    private static function checkEscalation(string $subject, ?int $escalateMs, ?int $timeoutMs): void
    {
        if ($escalateMs === null) {
            throw new NonRetriableError(
                "{$subject}: say when \"escalateTo\" is asked: with \"escalateAfter\", or with \"remindAfter\", after twice that "
                . 'time.',
            );
        }
        if ($escalateMs > Limits::SLEEP_MS_MAX) {
            throw new NonRetriableError(
                "{$subject}: it would escalate after more than 366 days, when nobody is asked any more: say a shorter "
                . '"escalateAfter".',
            );
        }
        if ($timeoutMs !== null && $escalateMs >= $timeoutMs) {
            throw new NonRetriableError(
                "{$subject}: it would escalate after {$escalateMs} ms, which is not before \"timeout\" ({$timeoutMs} ms): say a "
                . 'shorter "escalateAfter".',
            );
        }
    }

    private static function text(string $subject, string $name, ?string $value, int $max = Limits::ID_CHARACTERS_MAX): ?string
    {
        if ($value === null || ($value !== '' && mb_strlen($value) <= $max)) {
            return $value;
        }
        throw new NonRetriableError("{$subject}: \"{$name}\" must be a text of 1 to {$max} characters.");
    }
}
