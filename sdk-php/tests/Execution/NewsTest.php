<?php

declare(strict_types=1);

namespace Durable\Tests\Execution;

use Durable\Execution\News;
use Durable\Execution\Scope;
use Durable\Wire\Limits;
use PHPUnit\Framework\TestCase;

/** What goes into one answer. */
final class NewsTest extends TestCase
{
    public function testAnAnswerHasNoMoreOpsThanTheEngineTakes(): void
    {
        $news = new News();
        for ($count = 0; $news->hasRoomFor(10); $count += 1) {
            $news->add(['op' => 'sleep', 'id' => (string) $count], new Scope(), 10);
            self::assertLessThan(Limits::OPS_PER_ANSWER_MAX, $count);
        }
        // A join and the state may come on top.
        self::assertSame(Limits::OPS_PER_ANSWER_MAX - 2, $count);
    }

    public function testOneOpGoesInHoweverLargeItIs(): void
    {
        $news = new News();
        self::assertTrue($news->hasRoomFor(Limits::ANSWER_BYTES_MAX));
        $news->add(['op' => 'send', 'id' => 'a'], new Scope(), 5_000_000);
        self::assertTrue($news->hasRoomFor(1_000_000));
        self::assertFalse($news->hasRoomFor(2_000_000));
    }
}
