<?php

declare(strict_types=1);

namespace Durable\Transport;

/** What sends where nobody said. */
final class Transports
{
    private static ?Transport $default = null;

    public static function default(): Transport
    {
        return self::$default ??= extension_loaded('curl') ? new CurlTransport() : new StreamTransport();
    }
}
