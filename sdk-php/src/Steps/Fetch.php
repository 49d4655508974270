<?php

declare(strict_types=1);

namespace Durable\Steps;

use Durable\Duration;
use Durable\Exception\InvalidOption;
use Durable\Exception\NonRetriableError;
use Durable\Execution\Scope;
use Durable\Execution\StepCall;
use Durable\Execution\Turn;
use Durable\Json\JsonObject;
use Durable\Json\Value;
use Durable\Options\RetryPolicy;
use Durable\Options\Shown;
use Durable\Wire\Limits;

/** `$step->fetch`: a request that the engine makes. */
final class Fetch
{
    /**
     * @param array<string, string> $headers
     * @param array<string, mixed> $ofFunction
     */
    public static function ask(
        Turn $turn,
        Scope $scope,
        string $name,
        string $url,
        ?string $method,
        array $headers,
        mixed $body,
        mixed $timeout,
        mixed $retry,
        array $ofFunction,
    ): array {
        return $turn->ask(
            new StepCall('fetch', $name),
            $scope,
            static function (string $id, int $n) use ($turn, $scope, $name, $url, $method, $headers, $body, $timeout, $retry, $ofFunction): void {
                try {
                    $asked = self::onWire($url, $method, $headers, $body, $timeout, $retry, $ofFunction);
                } catch (InvalidOption $problem) {
                    throw new NonRetriableError("Step \"{$name}\": {$problem->getMessage()}", $problem);
                }
                $turn->report(['op' => 'fetch', 'id' => $id, 'name' => $name, 'n' => $n] + $asked, $scope);
            },
        );
    }

    /**
     * All of it is checked here: the engine refuses what does not fit with the whole answer.
     *
     * @param array<array-key, mixed> $headers
     * @param array<string, mixed> $ofFunction
     * @return array<string, mixed>
     */
    private static function onWire(
        string $url,
        ?string $method,
        array $headers,
        mixed $body,
        mixed $timeout,
        mixed $retry,
        array $ofFunction,
    ): array {
        $asked = ['url' => self::url($url)];
        $text = $body === null || is_string($body) ? $body : Value::toJson('the body is', $body)->text;
        if ($text !== null && strlen($text) > Limits::FETCH_BODY_BYTES_MAX) {
            throw new InvalidOption('the body is larger than 1 MiB. Let the function itself send it, in a $step->run.');
        }
        if ($text !== null && !mb_check_encoding($text, 'UTF-8')) {
            throw new InvalidOption('the body must be text, or what JSON can hold. Send bytes, files and forms in a $step->run.');
        }
        $method ??= $text === null ? null : 'POST';
        if ($method !== null) {
            if (preg_match('/^[A-Za-z]{1,20}$/D', $method) !== 1) {
                throw new InvalidOption(Shown::text($method) . ' is no method.');
            }
            $asked['method'] = strtoupper($method);
        }
        $headers = self::headers($headers);
        if ($text !== null && !is_string($body)) {
            $headers = array_change_key_case($headers) + ['content-type' => 'application/json'];
        }
        if ($headers !== []) {
            $asked['headers'] = JsonObject::orArray($headers);
        }
        if ($text !== null) {
            $asked['body'] = $text;
        }
        if ($timeout !== null) {
            $asked['timeout_ms'] = Duration::ms($timeout);
            if ($asked['timeout_ms'] < 1 || $asked['timeout_ms'] > Limits::FETCH_MS_MAX) {
                throw new InvalidOption('a call may take between 1 ms and 5 min.');
            }
        }
        if (is_array($retry) && isset($retry['decide'])) {
            throw new InvalidOption(
                'retry.decide is asked in the app, and this call is made by the engine. Say the delays instead.',
            );
        }
        // So is the function's own: what it says about delays and attempts holds without it.
        if ($retry !== null || isset($ofFunction['decide'])) {
            unset($ofFunction['decide']);
            $asked['retry_policy'] = RetryPolicy::onWire($retry ?? [], $ofFunction);
        }
        return $asked;
    }

    private static function url(string $url): string
    {
        $parts = parse_url($url);
        $isHttp = is_array($parts) && in_array(strtolower($parts['scheme'] ?? ''), ['http', 'https'], true);
        if (!$isHttp || ($parts['host'] ?? '') === '' || preg_match('/[\x00-\x20]/', $url) === 1) {
            throw new InvalidOption('$step->fetch needs a whole http or https URL.');
        }
        if (isset($parts['user']) || isset($parts['pass'])) {
            throw new InvalidOption('put user name and password into the header authorization, not into the URL.');
        }
        $url = explode('#', $url, 2)[0];
        $characters = mb_strlen($url);
        if ($characters > Limits::FETCH_URL_CHARACTERS_MAX) {
            throw new InvalidOption(
                "the URL has {$characters} characters; at most 8192 are possible. Send what is so long as the body.",
            );
        }
        return $url;
    }

    /**
     * @param array<array-key, mixed> $headers
     * @return array<string, string>
     */
    private static function headers(array $headers): array
    {
        $count = count($headers);
        if ($count > Limits::FETCH_HEADERS_MAX) {
            throw new InvalidOption("there are {$count} headers; at most 100 are possible.");
        }
        foreach ($headers as $header => $value) {
            if (preg_match('/^[!#$%&\'*+.^_`|~0-9A-Za-z-]{1,200}$/D', (string) $header) !== 1) {
                throw new InvalidOption(Shown::text((string) $header) . ' is no name of a header.');
            }
            if (!is_string($value) || preg_match('/^[\t\x20-\x7e]{0,8192}$/D', $value) !== 1) {
                throw new InvalidOption("the header \"{$header}\" must be one line of text, up to 8 KiB.");
            }
        }
        return $headers;
    }
}
