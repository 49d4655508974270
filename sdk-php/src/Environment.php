<?php

declare(strict_types=1);

namespace Durable;

/** What the process was configured with. */
final class Environment
{
    public const ENGINE_URL_DEFAULT = 'http://localhost:4400';

    /** Null where it is not set, or empty. */
    public static function get(string $name): ?string
    {
        $value = getenv($name);
        if ($value === false) {
            // Where a framework has read a file of variables, or PHP was told not to share its own.
            $value = $_ENV[$name] ?? $_SERVER[$name] ?? null;
        }
        return is_string($value) && $value !== '' ? $value : null;
    }

    /** Where the engine is: `DURABLE_URL`, or the port `durable dev` takes. */
    public static function engineUrl(): string
    {
        return self::get('DURABLE_URL') ?? self::ENGINE_URL_DEFAULT;
    }

    /** The same, and null where nobody named one and there is none by itself, as there is in dev mode. */
    public static function configuredEngineUrl(): ?string
    {
        return self::get('DURABLE_URL') ?? (self::isDev() ? self::ENGINE_URL_DEFAULT : null);
    }

    /**
     * Whether the well-known dev secret may be used and errors may show source: said with `DURABLE_DEV=1`, or the engine is on
     * this machine and `APP_ENV` does not say production.
     */
    public static function isDev(): bool
    {
        if (self::get('DURABLE_DEV') === '1') {
            return true;
        }
        $isProduction = in_array(self::get('APP_ENV'), ['production', 'prod'], true) || self::get('NODE_ENV') === 'production';
        $host = parse_url(self::engineUrl(), PHP_URL_HOST);
        return !$isProduction && is_string($host) && self::isLoopback($host);
    }

    /** `localhost`, `127.x.x.x`, also mapped into IPv6, `::1`, with or without a port. */
    public static function isLoopback(string $host): bool
    {
        $name = strtolower((string) preg_replace(['/:\d+$/', '/^\[(.*)\]$/'], ['', '$1'], self::withoutPort($host)));
        return $name === 'localhost'
            || str_ends_with($name, '.localhost')
            || $name === '::1'
            || preg_match('/^(?:::ffff:)?127(?:\.\d{1,3}){3}$/D', $name) === 1;
    }

    /** Of an address without brackets every colon is its own. */
    private static function withoutPort(string $host): string
    {
        return substr_count($host, ':') > 1 && !str_starts_with($host, '[') ? "[{$host}]" : $host;
    }
}
