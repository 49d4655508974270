<?php

declare(strict_types=1);

namespace Durable\Execution;

use Durable\Json\RawJson;
use Durable\Json\JsonWriter;
use Durable\Json\Value;
use Durable\Text;
use Durable\Wire\Instant;
use Durable\Wire\Limits;

/** What one attempt of a body says. It is bounded, and what was left out is told in its last line. */
final class LogLines
{
    /** A line's level and instant, and what stands around it in the answer. */
    private const LINE_BYTES = 80;

    /** @var list<array<string, mixed>> */
    private array $lines = [];
    private int $leftOutCount = 0;

    public function __construct(private readonly LogBudget $budget)
    {
    }

    /** Never throws: a step must not fail for what it says about itself. */
    public function add(string $level, string $message, mixed $data = null): void
    {
        $line = ['level' => $level, 'message' => Text::cut($message, Limits::LOG_TEXT_BYTES_MAX), 'at' => Instant::now()];
        if ($data !== null && $data !== []) {
            $line['data'] = self::asJson($data);
        }
        $bytes = self::LINE_BYTES + 2 * strlen($line['message']) + strlen(isset($line['data']) ? $line['data']->text : '');
        if (count($this->lines) >= Limits::LOG_LINES_PER_STEP_MAX || $bytes > $this->budget->bytesLeft) {
            $this->leftOutCount += 1;
            return;
        }
        $this->budget->bytesLeft -= $bytes;
        $this->lines[] = $line;
    }

    /** @return list<array<string, mixed>> All of them once the attempt is over. */
    public function end(): array
    {
        $lines = $this->lines;
        if ($this->leftOutCount === 0) {
            return $lines;
        }
        $leftOut = $this->leftOutCount;
        if (count($lines) >= Limits::LOG_LINES_PER_STEP_MAX) {
            array_pop($lines);
            $leftOut += 1;
        }
        $message = "{$leftOut} more log lines were left out: at most 1000 are kept of an attempt, and 1 MiB of an answer.";
        return [...$lines, ['level' => 'warn', 'message' => $message, 'at' => Instant::now()]];
    }

    private static function asJson(mixed $data): RawJson
    {
        try {
            if ($data instanceof \Throwable) {
                $data = ['name' => Failure::nameOf($data), 'message' => $data->getMessage()];
            } elseif (is_array($data)) {
                // As PSR-3 has it: an exception stands in a context under its own name.
                $data = array_map(
                    static fn (mixed $each): mixed => $each instanceof \Throwable
                        ? ['name' => Failure::nameOf($each), 'message' => $each->getMessage()]
                        : $each,
                    $data,
                );
            }
            $json = Value::toJson('A log line has', $data);
            if (strlen($json->text) <= Limits::LOG_TEXT_BYTES_MAX) {
                return $json;
            }
            // Cut JSON is none any more: what is left of it is shown as text, in which every quote takes two bytes.
            return self::text(Text::cut($json->text, Limits::LOG_TEXT_BYTES_MAX / 2 - 1));
        } catch (\Throwable $problem) {
            return self::text(Text::cut("[{$problem->getMessage()}]", Limits::LOG_TEXT_BYTES_MAX / 8));
        }
    }

    private static function text(string $text): RawJson
    {
        return new RawJson((string) JsonWriter::encode($text));
    }
}
