<?php

declare(strict_types=1);

namespace Durable\Tests\Execution;

use Durable\Exception\Named;
use Durable\Exception\NonRetriableError;
use Durable\Exception\RetryAfterError;
use Durable\Execution\Failure;
use Durable\Step;

/** What user code throws, as data. */
final class FailureTest extends TurnCase
{
    private static function failure(\Throwable $thrown): array
    {
        return self::turn(static fn (array $event, Step $step) => $step->run('a', static fn (): mixed => throw $thrown))['ops'][0]['error'];
    }

    public function testNamesAndRetries(): void
    {
        $plain = self::failure(new \DomainException('no'));
        self::assertSame(['DomainException', 'no'], [$plain['name'], $plain['message']]);
        self::assertArrayNotHasKey('retry', $plain);
        self::assertSame(['NonRetriableError', false], [self::failure(new NonRetriableError('x'))['name'], self::failure(new NonRetriableError('x'))['retry']]);
        self::assertSame(90_000, self::failure(new RetryAfterError('later', '90s'))['retry_after_ms']);
        self::assertSame(86_400_000, self::failure(new RetryAfterError('later', '3d'))['retry_after_ms']);
        $soon = self::failure(new RetryAfterError('later', new \DateTimeImmutable('+10 seconds')))['retry_after_ms'];
        self::assertGreaterThan(8_000, $soon);
        self::assertLessThanOrEqual(10_000, $soon);
        self::assertSame(1, self::failure(new RetryAfterError('later', new \DateTimeImmutable('-1 hour')))['retry_after_ms']);
    }

    public function testAnErrorThatCannotBeDescribedIsAFailureAllTheSame(): void
    {
        $odd = new class ('secret') extends \RuntimeException implements Named {
            public function errorName(): string
            {
                throw new \LogicException('There is no name.');
            }
        };
        self::assertSame(['name' => 'Error', 'message' => 'User code threw something that cannot be described.'], self::failure($odd));
    }

    public function testWhatIsLongIsCut(): void
    {
        $failure = self::failure(new \Exception(str_repeat('ä', 10_000) . "\0"));
        self::assertLessThanOrEqual(4_096, strlen($failure['message']));
        self::assertTrue(mb_check_encoding($failure['message'], 'UTF-8'));
        self::assertStringEndsWith('...', $failure['message']);
        self::assertSame("a\u{fffd}b\u{fffd}", self::failure(new \Exception("a\0b\xff"))['message']);
    }

    public function testCausesGoFiveDeep(): void
    {
        $thrown = new \Exception('0');
        for ($i = 1; $i < 10; $i += 1) {
            $thrown = new \Exception((string) $i, 0, $thrown);
        }
        $failure = self::failure($thrown);
        for ($depth = 0; isset($failure['cause']); $depth += 1) {
            $failure = $failure['cause'];
        }
        self::assertSame([5, '4'], [$depth, $failure['message']]);
    }

    public function testTheStackIsShownInDevelopmentAlone(): void
    {
        putenv('DURABLE_URL=https://engine.example');
        $failure = self::failure(new \Exception('x'));
        self::assertArrayNotHasKey('stack', $failure);
        self::assertMatchesRegularExpression('~^[\w./-]*FailureTest\.php:\d+:1$~', $failure['frame']);
        self::assertStringStartsNotWith('/', $failure['frame']);
        putenv('DURABLE_URL');
        self::assertStringContainsString('FailureTest.php', self::failure(new \Exception('x'))['stack']);
    }

    public function testPathsInTheMessagesOfPhpItselfAreLeftOut(): void
    {
        try {
            (static fn (int $a): int => $a)();
            self::fail('PHP takes it.');
        } catch (\ArgumentCountError $error) {
            self::assertStringContainsString(__FILE__, $error->getMessage());
            self::assertStringNotContainsString('/', self::failure($error)['message']);
        }
    }

    public function testTheNameOfAnAnonymousClassIsNoPath(): void
    {
        self::assertSame('LogicException', Failure::nameOf(new class ('x') extends \LogicException {
        }));
    }

    public function testValuesThatCannotBeKept(): void
    {
        $say = static fn (mixed $value): array => self::turn(
            static fn (array $event, Step $step) => $step->run('a', static fn (): mixed => $value),
        )['ops'][0]['error'];
        $deep = 1;
        for ($i = 0; $i < 100; $i += 1) {
            $deep = [$deep];
        }
        foreach (
            [
                'the character NUL' => "a\0b",
                'Malformed UTF-8' => "\xff",
                'Inf and NaN' => NAN,
                'nested deeper' => $deep,
                'a function' => static fn (): int => 1,
                'iterator_to_array' => (static fn () => yield 1)(),
                'at most 1024 bytes' => [str_repeat('k', 1_025) => 1],
            ] as $sentence => $value
        ) {
            $error = $say($value);
            self::assertFalse($error['retry'], $sentence);
            self::assertStringContainsString($sentence, $error['message']);
        }
        $large = $say(str_repeat('x', 4_194_304));
        self::assertSame(['value-too-large', 'ValueTooLargeError', false], [$large['code'], $large['name'], $large['retry']]);
    }

    public function testValuesComeBackAsJsonKeepsThem(): void
    {
        $value = [
            'object' => new \stdClass(),
            'list' => [],
            'names' => (object) ['0' => 'a', '1' => 'b'],
            'when' => new \DateTimeImmutable('2026-10-21T11:00:00.5+02:00'),
            'one' => 1.0,
            'big' => 9_007_199_254_740_993,
        ];
        $json = \Durable\Json\Value::toJson('It is', $value)->text;
        self::assertSame(
            '{"object":{},"list":[],"names":{"0":"a","1":"b"},"when":"2026-10-21T09:00:00.500Z","one":1.0,"big":9007199254740993}',
            $json,
        );
        $back = \Durable\Json\Value::of(new \Durable\Json\RawJson($json));
        self::assertSame($json, \Durable\Json\Value::toJson('It is', $back)->text);
        self::assertSame(['a', 'b'], [...$back['names']]);
        self::assertNull($back['object']['missing'] ?? null);
    }

    public function testWhatReturnsNothingIsLeftOut(): void
    {
        $op = self::turn(static fn (array $event, Step $step) => $step->run('a', static function (): void {
        }))['ops'][0];
        self::assertArrayNotHasKey('v', $op);
        $op = self::turn(static fn (array $event, Step $step) => $step->run('a', static fn () => null))['ops'][0];
        self::assertArrayHasKey('v', $op);
        self::assertNull($op['v']);
    }
}
