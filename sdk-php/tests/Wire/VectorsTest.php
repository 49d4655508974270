<?php

declare(strict_types=1);

namespace Durable\Tests\Wire;

use Durable\Exception\InvalidSecret;
use Durable\Json\JsonProblem;
use Durable\Json\JsonReader;
use Durable\Json\JsonWriter;
use Durable\Json\RawJson;
use Durable\Wire\EventName;
use Durable\Wire\Instant;
use Durable\Wire\Secret;
use Durable\Wire\Signature;
use Durable\Wire\SigningKey;
use Durable\Wire\StepId;
use Durable\Wire\StepName;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** Every vector of the protocol: inputs and expected outputs that are the same for every language. */
final class VectorsTest extends TestCase
{
    /** @return iterable<string, array{object}> */
    private static function vectors(string $file): iterable
    {
        $path = __DIR__ . "/../../../protocol/vectors/{$file}.json";
        foreach (json_decode((string) file_get_contents($path), false, 512, JSON_THROW_ON_ERROR) as $vector) {
            yield $vector->name => [$vector];
        }
    }

    /** @return iterable<string, array{object}> */
    public static function signatures(): iterable
    {
        return self::vectors('signature');
    }

    /** @dataProvider signatures */
    #[DataProvider('signatures')]
    public function testSignature(object $vector): void
    {
        $in = $vector->input;
        $key = self::keyFor(Secret::parse($in->secret), $in->key);
        self::assertSame($vector->expected, Signature::sign($key, $in->id, $in->timestamp_s, $in->body));
    }

    /** @return iterable<string, array{object}> */
    public static function verifications(): iterable
    {
        return self::vectors('signature-verify');
    }

    /** @dataProvider verifications */
    #[DataProvider('verifications')]
    public function testVerification(object $vector): void
    {
        $in = $vector->input;
        $keys = array_map(static fn (SigningKey $key) => self::keyFor($key, $in->key), Secret::parseList($in->secrets));
        $isGood = Signature::isInTime($in->timestamp_s, $in->now_s)
            && Signature::verify($keys, $in->id, $in->timestamp_s, $in->body, $in->header);
        self::assertSame($vector->expected, $isGood);
    }

    /** @return iterable<string, array{object}> */
    public static function secrets(): iterable
    {
        return self::vectors('secret');
    }

    /** @dataProvider secrets */
    #[DataProvider('secrets')]
    public function testSecret(object $vector): void
    {
        if (isset($vector->expected->bytes_hex)) {
            self::assertSame($vector->expected->bytes_hex, Secret::parse($vector->input)->hex());
            return;
        }
        try {
            Secret::parse($vector->input);
            self::fail('It is no secret.');
        } catch (InvalidSecret $problem) {
            self::assertStringContainsString('Make one with', $problem->getMessage());
            if (strlen($vector->input) > 8) {
                self::assertStringNotContainsString(substr($vector->input, 6), $problem->getMessage());
            }
        }
    }

    /** @return iterable<string, array{object}> */
    public static function replyKeys(): iterable
    {
        return self::vectors('reply-key');
    }

    /** @dataProvider replyKeys */
    #[DataProvider('replyKeys')]
    public function testReplyKey(object $vector): void
    {
        self::assertSame($vector->expected, Secret::parse($vector->input)->forReplies()->hex());
    }

    /** @return iterable<string, array{object}> */
    public static function stepIds(): iterable
    {
        return self::vectors('step-id');
    }

    /** @dataProvider stepIds */
    #[DataProvider('stepIds')]
    public function testStepId(object $vector): void
    {
        $in = $vector->input;
        self::assertSame($vector->expected, StepId::of($in->scope, $in->name, $in->n));
    }

    /** @return iterable<string, array{object}> */
    public static function stepNames(): iterable
    {
        return self::vectors('step-name');
    }

    /** @dataProvider stepNames */
    #[DataProvider('stepNames')]
    public function testStepName(object $vector): void
    {
        self::assertSame($vector->expected === 'ok', StepName::problem($vector->input) === null);
    }

    /** @return iterable<string, array{object}> */
    public static function eventNames(): iterable
    {
        return self::vectors('event-name');
    }

    /** @dataProvider eventNames */
    #[DataProvider('eventNames')]
    public function testEventName(object $vector): void
    {
        $problem = EventName::problem($vector->input);
        $awaited = EventName::awaitedProblem($vector->input);
        $found = $problem === null ? 'ok' : ($awaited === null ? 'awaited only' : 'refused');
        self::assertSame($vector->expected, $found);
    }

    /** @return iterable<string, array{object}> */
    public static function instants(): iterable
    {
        return self::vectors('instant');
    }

    /** @dataProvider instants */
    #[DataProvider('instants')]
    public function testInstant(object $vector): void
    {
        self::assertSame($vector->expected, Instant::parse($vector->input));
        if ($vector->expected !== null && $vector->expected > 0) {
            self::assertSame($vector->expected, Instant::parse(Instant::format($vector->expected)));
        }
    }

    /** @return iterable<string, array{object}> */
    public static function documents(): iterable
    {
        return self::vectors('json');
    }

    /** @dataProvider documents */
    #[DataProvider('documents')]
    public function testJson(object $vector): void
    {
        $bytes = isset($vector->input->text) ? $vector->input->text : base64_decode($vector->input->bytes_base64, true);
        if (isset($vector->expected->problem)) {
            try {
                JsonReader::read($bytes);
                self::fail('It is refused.');
            } catch (JsonProblem $problem) {
                self::assertSame($vector->expected->problem, $problem->problem);
                if (isset($vector->expected->offset)) {
                    self::assertSame($vector->expected->offset, $problem->offset);
                }
            }
            return;
        }
        $isAny = ($vector->input->numbers ?? '') === 'any';
        $read = JsonReader::read($bytes, isExact: !$isAny);
        if ($isAny) {
            // PHP's whole numbers are exact where a double is not.
            self::assertSame((float) $vector->expected->value, (float) $read);
            return;
        }
        self::assertEquals($vector->expected->value, json_decode(JsonWriter::write($read)));
    }

    /** @return iterable<string, array{object}> */
    public static function raws(): iterable
    {
        return self::vectors('json-raw');
    }

    /** @dataProvider raws */
    #[DataProvider('raws')]
    public function testRawJson(object $vector): void
    {
        $member = $vector->input->member;
        try {
            $document = JsonReader::read($vector->input->text, [$member]);
        } catch (JsonProblem $problem) {
            self::assertSame($vector->expected->problem ?? null, $problem->problem);
            return;
        }
        self::assertIsArray($document);
        self::assertInstanceOf(RawJson::class, $document[$member]);
        self::assertSame($vector->expected, $document[$member]->text);
        self::assertStringContainsString($vector->expected, JsonWriter::write($document));
    }

    /** @return iterable<string, array{object}> */
    public static function roundTrips(): iterable
    {
        return self::vectors('json-roundtrip');
    }

    /** @dataProvider roundTrips */
    #[DataProvider('roundTrips')]
    public function testRoundTrip(object $vector): void
    {
        self::assertContains(JsonWriter::write(JsonReader::read($vector->input->text)), $vector->expected);
        self::assertContains(JsonWriter::write(JsonReader::value($vector->input->text)), $vector->expected);
    }

    private static function keyFor(SigningKey $key, string $which): SigningKey
    {
        return $which === 'reply' ? $key->forReplies() : $key;
    }
}
