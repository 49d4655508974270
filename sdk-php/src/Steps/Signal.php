<?php

declare(strict_types=1);

namespace Durable\Steps;

use Durable\Environment;
use Durable\Exception\NonRetriableError;
use Durable\Execution\CallTurn;
use Durable\Execution\Scope;
use Durable\Execution\StepCall;
use Durable\Execution\Turn;
use Durable\Options\Shown;
use Durable\Wire\Limits;
use Durable\Wire\StepId;
use Durable\Wire\Token as WireToken;

/** `$step->waitForSignal` and `$step->createToken`. */
final class Signal
{
    public static function wait(Turn $turn, Scope $scope, string $name, ?string $key, string|Token|null $token, mixed $timeout): mixed
    {
        return $turn->ask(
            new StepCall('signal', $name),
            $scope,
            static function (string $id, int $n) use ($turn, $scope, $name, $key, $token, $timeout): void {
                $subject = "Step \"{$name}\"";
                $turn->report(
                    ['op' => 'signal', 'id' => $id, 'name' => $name, 'n' => $n, 'key' => self::key($subject, $name, $key, $token)]
                        + Wait::timeout($subject, $timeout),
                    $scope,
                );
            },
        );
    }

    public static function token(Turn $turn, string $name): Token
    {
        $shown = Shown::text($name);
        if ($name === '') {
            throw new NonRetriableError('$step->createToken needs a name, which tells the tokens of a run apart.');
        }
        if ($turn instanceof CallTurn) {
            throw new NonRetriableError(
                "Token {$shown}: a one-off call has no run, so it cannot wait for a token. Start a run instead: \$client->start() or "
                . '$client->execute().',
            );
        }
        $request = $turn->request;
        $env = $request['engine']['environment'] ?? null;
        $secret = $turn->options->secret;
        if (!is_string($env) || $secret === null) {
            throw new NonRetriableError("Token {$shown}: the engine does not say its environment. Update the engine.");
        }
        $key = "token/{$turn->runId}/" . StepId::of('token', $name, 0);
        $token = WireToken::forSignal($secret, (string) $request['app'], $env, $key);
        $base = Environment::get('DURABLE_PUBLIC_URL') ?? $turn->options->engineUrl ?? Environment::engineUrl();
        return new Token($token, rtrim($base, '/') . "/v1/tokens/{$token}");
    }

    public static function checkKey(string $subject, string $key): string
    {
        if ($key !== '' && mb_strlen($key) <= Limits::ID_CHARACTERS_MAX) {
            return $key;
        }
        throw new NonRetriableError("{$subject}: a signal's key is a text of 1 to 200 characters.");
    }

    private static function key(string $subject, string $name, ?string $key, string|Token|null $token): string
    {
        if ($token === null) {
            return self::checkKey($subject, $key ?? $name);
        }
        if ($key !== null) {
            throw new NonRetriableError("{$subject}: give a key or a token, not both.");
        }
        return WireToken::signalKeyOf($token instanceof Token ? $token->token : $token)
            ?? throw new NonRetriableError("{$subject}: \"token\" is none of \$step->createToken.");
    }
}
