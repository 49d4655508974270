<?php

declare(strict_types=1);

namespace Durable\Http;

use Durable\Duration;
use Durable\DurableFunction;
use Durable\Environment;
use Durable\Json\JsonWriter;
use Durable\Version;

/** What `inspect` answers. */
final class Manifest
{
    /** Where a deployment's name is found when none is given: ours first, then those that platforms set. */
    private const DEPLOYMENT_VARIABLES = [
        'DURABLE_DEPLOYMENT',
        'VERCEL_DEPLOYMENT_ID',
        'RAILWAY_DEPLOYMENT_ID',
        'K_REVISION',
        'RENDER_GIT_COMMIT',
        'HEROKU_SLUG_COMMIT',
    ];

    private const AFTER_OWN_LIMIT_MS = 10_000;

    public readonly string $digest;
    private readonly ?string $deployment;
    /** What the digest is of. */
    private readonly string $described;

    /** @param iterable<DurableFunction> $functions */
    public function __construct(string $app, iterable $functions, mixed $maxDuration, ?string $deployment, bool $reachesEngine)
    {
        $described = [];
        foreach ($functions as $function) {
            $described[] = $function->manifest();
        }
        $manifest = [
            'protocol' => ['min' => Version::PROTOCOL, 'max' => Version::PROTOCOL],
            'app' => $app,
            'sdk' => 'durable-php/' . Version::SDK,
            'capabilities' => [
                'unclaimed', 'parallel', 'pages', 'checkpoint', 'groups', 'call', 'query', ...($reachesEngine ? ['refs'] : []),
            ],
            'max_duration_ms' => max(1, $maxDuration === null ? self::ownLimitMs() : Duration::ms($maxDuration)),
            'functions' => $described,
        ];
        // The deployment is no part of it: the same functions deployed again need no sync.
        $this->described = JsonWriter::write($manifest);
        $this->digest = 'sha256:' . hash('sha256', $this->described);
        $this->deployment = $deployment ?? self::deploymentOfHost();
    }

    public function text(): string
    {
        return substr($this->described, 0, -1) . ',' . substr(JsonWriter::write($this->identity()), 1);
    }

    /** @return array<string, string> What every answer says of it. */
    public function identity(): array
    {
        return ['manifest' => $this->digest] + ($this->deployment === null ? [] : ['deployment' => $this->deployment]);
    }

    /**
     * PHP ends code that has worked for so long, not counting what it waits for: the engine waits a little longer, so that it
     * hears of that.
     */
    private static function ownLimitMs(): int
    {
        return max(60_000, (int) ini_get('max_execution_time') * 1_000 + self::AFTER_OWN_LIMIT_MS);
    }

    private static function deploymentOfHost(): ?string
    {
        foreach (self::DEPLOYMENT_VARIABLES as $name) {
            $deployment = Environment::get($name);
            if ($deployment !== null) {
                return $deployment;
            }
        }
        return null;
    }
}
