<?php

declare(strict_types=1);

namespace Durable\Bridge\Laravel\Facades;

use Durable\Bridge\Laravel\DurableFake;
use Durable\Bridge\Settings;
use Durable\Client;
use Illuminate\Support\Facades\Facade;

/**
 * The client of this app: `Durable::send(['name' => 'order.placed', 'data' => ..])`.
 *
 * @method static array send(array $event, ?string $traceparent = null)
 * @method static array sendMany(iterable $events, ?string $traceparent = null)
 * @method static array start(string|\Durable\DurableFunction $fn, mixed $data = null, ?string $id = null, int|float|string|\DateInterval|null $delay = null, \DateTimeInterface|string|null $at = null, ?array $tags = null, ?string $traceparent = null)
 * @method static mixed execute(string|\Durable\DurableFunction $fn, mixed $data = null, int|float|string|\DateInterval|null $timeout = null, ?string $id = null, ?array $tags = null, ?string $traceparent = null)
 * @method static mixed call(string|\Durable\DurableFunction $fn, mixed $input = null)
 * @method static mixed query(string $runId, string $name, mixed $input = null)
 * @method static array signal(string $key, mixed $payload = null)
 * @method static array answer(string $inputId, mixed $value, ?string $by = null)
 * @method static array approve(string $inputId, ?string $by = null, ?string $comment = null)
 * @method static array reject(string $inputId, ?string $by = null, ?string $comment = null)
 * @method static array cancel(string $runId, ?string $reason = null)
 * @method static array runToken(string $runId, array $fields, int|float|string|\DateInterval $expiresIn = 3_600_000)
 * @see Client
 */
final class Durable extends Facade
{
    /** From now on nothing is sent, by the facade or by an injected Client; ask what is returned what would have been. */
    public static function fake(): DurableFake
    {
        $fake = new DurableFake();
        self::swap(self::getFacadeApplication()->make(Settings::class)->client($fake->transport));
        return $fake;
    }

    protected static function getFacadeAccessor(): string
    {
        return Client::class;
    }
}
