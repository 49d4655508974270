<?php

declare(strict_types=1);

namespace Durable\Execution;

use Durable\Exception\NonRetriableError;
use Durable\Json\JsonWriter;
use Durable\Json\Value;

/**
 * The engine refuses an answer whole. Then the results of the steps beside this one are lost, and their code runs again at
 * every attempt: so what it would refuse is refused here, where the step stands.
 */
final class OpCheck
{
    /** What one op may take, so that an answer with it alone is none too large. */
    private const BYTES_MAX = 5_242_880;

    /**
     * @param array<string, mixed> $op
     * @return int Its bytes as JSON.
     * @throws NonRetriableError with what no engine would take.
     */
    public static function bytes(array $op): int
    {
        $subject = "Step \"{$op['name']}\" asks for";
        try {
            $json = JsonWriter::write($op);
        } catch (\LogicException $problem) {
            throw new NonRetriableError("{$subject} what is no text: {$problem->getMessage()}. Encode bytes as base64.", $problem);
        }
        Value::check($subject, $json, self::BYTES_MAX, 'Make several steps of it, or store it elsewhere and pass a reference.');
        return strlen($json);
    }
}
