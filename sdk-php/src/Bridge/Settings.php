<?php

declare(strict_types=1);

namespace Durable\Bridge;

use Durable\Client;
use Durable\Client\Connection;
use Durable\Environment;
use Durable\Http\Handler;
use Durable\Transport\Transport;
use Psr\Log\LoggerInterface;

/** What a framework's configuration says, read once and the same for all that needs it. */
final class Settings
{
    /** What is given as the secret when there is none and nothing may be believed: it verifies no request. */
    private const NOBODY = '';

    private function __construct(
        public readonly string $app,
        public readonly string $env,
        public readonly ?string $url,
        #[\SensitiveParameter] private readonly ?string $secret,
        private readonly ?string $deployment,
        private readonly int|float|string|null $maxDuration,
        #[\SensitiveParameter] private readonly ?string $eventKey,
        #[\SensitiveParameter] private readonly ?string $apiKey,
    ) {
    }

    /** @return array<string, string|null> */
    public function __debugInfo(): array
    {
        return ['app' => $this->app, 'env' => $this->env, 'url' => $this->url, 'keys' => 'hidden'];
    }

    /**
     * @param array<string, mixed> $config With the names of config/durable.php. What is empty is missing: so is a variable that a
     *     file of variables names and does not set.
     * @param bool $isProduction As the framework knows it, which may have read it from a file and told nobody else.
     */
    public static function of(#[\SensitiveParameter] array $config, bool $isProduction): self
    {
        $given = array_filter($config, static fn (mixed $value): bool => $value !== null && $value !== '');
        $url = $given['url'] ?? null;
        $secret = $given['secret'] ?? Environment::get('DURABLE_SECRET');
        // The well-known secret of dev mode is for an engine on this machine, and never for production.
        $mayBeDev = !$isProduction && ($url === null || Environment::isLoopback((string) parse_url($url, PHP_URL_HOST)));
        return new self(
            $given['app'] ?? '',
            $given['env'] ?? 'dev',
            $url,
            $secret ?? ($mayBeDev ? null : self::NOBODY),
            $given['deployment'] ?? null,
            $given['max_duration'] ?? null,
            $given['event_key'] ?? null,
            $given['api_key'] ?? null,
        );
    }

    /** @param iterable<object> $functions */
    public function handler(iterable $functions, ?LoggerInterface $logger): Handler
    {
        return new Handler(
            $this->app,
            $functions,
            $this->secret,
            $this->url,
            $this->maxDuration,
            $this->deployment,
            $logger,
        );
    }

    public function client(?Transport $transport = null): Client
    {
        return new Client($this->app, $this->env, $this->url, $this->secret, $this->eventKey, $this->apiKey, $transport);
    }

    public function sync(?Transport $transport = null): Sync
    {
        $token = $this->apiKey ?? Environment::get('DURABLE_API_KEY') ?? Environment::get('DURABLE_ADMIN_TOKEN');
        $connection = new Connection($this->url, $this->secret, null, $token, $transport);
        return new Sync($connection, $this->app, $this->env, $this->deployment, $token !== null || $this->secret === null);
    }
}
