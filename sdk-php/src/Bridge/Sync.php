<?php

declare(strict_types=1);

namespace Durable\Bridge;

use Durable\Client\Connection;
use Durable\Exception\DurableRequestError;

/** Asks the engine to learn what the app serves: by hand or at the end of a deploy. */
final class Sync
{
    /** @param bool $isByPerson With an API key, or in development: then it may also say that the app has moved. */
    public function __construct(
        private readonly Connection $connection,
        private readonly string $app,
        private readonly string $env,
        private readonly ?string $deployment,
        private readonly bool $isByPerson,
    ) {
    }

    /**
     * @param string|null $url Where the app answers, as the engine reaches it; null: where it did at the last sync.
     * @return list<string> What came of it, in lines for people.
     * @throws DurableRequestError
     */
    public function run(?string $url): array
    {
        $path = '/v1/apps/' . rawurlencode($this->app) . '/' . rawurlencode($this->env) . '/sync';
        $given = array_filter(['url' => $url, 'deployment' => $this->deployment], static fn (?string $each): bool => $each !== null);
        $body = (string) json_encode((object) $given, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES);
        $answer = $this->isByPerson
            ? $this->connection->asPerson('POST', $path, [], $body)
            : $this->connection->post($path, [], $body, isRepeatable: true);
        $lines = ["{$answer['app']}/{$answer['environment']} is at {$answer['url']}"];
        foreach (['added', 'changed', 'removed', 'unchanged'] as $change) {
            foreach ($answer[$change] as $function) {
                $lines[] = sprintf('  %-9s %s, version %d', $change, $function['id'], $function['version']);
            }
        }
        return $lines;
    }
}
