<?php

declare(strict_types=1);

namespace Durable;

use Durable\Client\Connection;
use Durable\Client\Runs;
use Durable\Client\RunToken;
use Durable\Exception\DurableRequestError;
use Durable\Exception\FunctionError;
use Durable\Exception\InvalidDefinition;
use Durable\Exception\InvalidOption;
use Durable\Exception\NonRetriableError;
use Durable\Json\JsonWriter;
use Durable\Json\RawJson;
use Durable\Json\Value;
use Durable\Options\Search;
use Durable\Options\Shown;
use Durable\Options\Slug;
use Durable\Steps\EventOnWire;
use Durable\Steps\Signal;
use Durable\Transport\Transport;
use Durable\Wire\Instant;
use Durable\Wire\Limits;
use Durable\Wire\Token;

/** The way from an app to the engine: `(new Client(app: 'shop'))->send(['name' => 'order.placed', 'data' => ..])`. */
final class Client
{
    /** One request waits no longer than this; the next one goes on waiting. */
    private const WAIT_S = 50;

    public readonly Runs $runs;
    private readonly Connection $connection;

    /**
     * @param string|null $app Default `DURABLE_APP`.
     * @param string|null $env Default `DURABLE_ENV`, else `dev`.
     * @param string|null $url Of the engine; default `DURABLE_URL`, else http://localhost:4400.
     * @param string|list<string>|\Closure|null $secret Default `DURABLE_SECRET`; what is sent is signed with it.
     * @param string|null $eventKey A key that can only send; default `DURABLE_EVENT_KEY`. Used instead of signing.
     * @param string|null $token An API key, for `runs`; default `DURABLE_API_KEY`, else `DURABLE_ADMIN_TOKEN`.
     */
    public function __construct(
        private readonly ?string $app = null,
        private readonly ?string $env = null,
        ?string $url = null,
        #[\SensitiveParameter] string|array|\Closure|null $secret = null,
        #[\SensitiveParameter] ?string $eventKey = null,
        #[\SensitiveParameter] ?string $token = null,
        ?Transport $transport = null,
    ) {
        $this->connection = new Connection($url, $secret, $eventKey, $token, $transport);
        $this->runs = new Runs($this->connection, $this->path(...));
    }

    /**
     * Sends an event; returns when it is on the engine's disk. It gets an id unless it has one, so that the repetitions after a
     * broken line or a 503 cannot double it.
     *
     * @param array<string, mixed> $event `['name' => .., 'data' => .., 'id' => .., 'time' => .., 'delay' => .., 'at' => .., 'tags' => ..]`
     * @return array{ids: list<string>, runs: list<array{event: string, function: string, run: string}>}
     * @throws DurableRequestError when the engine refuses it or does not answer.
     * @throws NonRetriableError for what is no event.
     */
    public function send(array $event, ?string $traceparent = null): array
    {
        return $this->sendMany([$event], $traceparent);
    }

    /**
     * Sends up to 5,000 events, all or none.
     *
     * @param iterable<array<string, mixed>> $events
     * @return array{ids: list<string>, runs: list<array{event: string, function: string, run: string}>}
     * @throws DurableRequestError
     */
    public function sendMany(iterable $events, ?string $traceparent = null): array
    {
        $list = [];
        foreach ($events as $event) {
            $list[] = EventOnWire::of('The client', is_array($event) ? $event + ['id' => self::newId()] : $event);
        }
        return $this->connection->post(
            '/v1/events',
            ['app' => $this->app ?? Environment::get('DURABLE_APP'), 'env' => $this->environment()],
            JsonWriter::write($list),
            isRepeatable: true,
            mayUseEventKey: true,
            traceparent: $traceparent,
        );
    }

    /**
     * Starts a run of exactly this function; returns when the run is on the engine's disk. `$data` becomes its event's data, and
     * must fit the function's `input`.
     *
     * @param string|null $id Unique for this function: the same start sent again finds the run it started.
     * @param list<string>|null $tags
     * @return array{run: string, event: string}
     * @throws DurableRequestError
     */
    public function start(
        string|DurableFunction $fn,
        mixed $data = null,
        ?string $id = null,
        int|float|string|\DateInterval|null $delay = null,
        \DateTimeInterface|string|null $at = null,
        ?array $tags = null,
        ?string $traceparent = null,
    ): array {
        $started = $this->trigger($fn, $data, $id ?? self::newId(), $delay, $at, $tags, $traceparent, 0);
        return ['run' => $started['run'], 'event' => $started['event']];
    }

    /**
     * Starts a run and waits for its output, however long it takes. A broken line does not start it twice.
     *
     * @param int|float|string|\DateInterval|null $timeout How long to wait; the run goes on. For ever unless told.
     * @param list<string>|null $tags
     * @throws FunctionError when the run fails or is cancelled.
     * @throws DurableRequestError as `start` does, and after the timeout.
     */
    public function execute(
        string|DurableFunction $fn,
        mixed $data = null,
        int|float|string|\DateInterval|null $timeout = null,
        ?string $id = null,
        ?array $tags = null,
        ?string $traceparent = null,
    ): mixed {
        $id ??= self::newId();
        $untilS = $timeout === null ? INF : microtime(true) + Duration::ms($timeout) / 1_000;
        for (;;) {
            $waitS = max(0.001, min(self::WAIT_S, $untilS - microtime(true)));
            $answer = $this->trigger($fn, $data, $id, null, null, $tags, $traceparent, $waitS);
            $status = $answer['status'] ?? null;
            // Else something else would be asked for the output, for ever.
            if (!is_string($status) || !is_string($answer['run'] ?? null) || !is_string($answer['function'] ?? null)) {
                throw Connection::noEngine();
            }
            if ($status === 'completed') {
                return $answer['output'] ?? null;
            }
            ['run' => $run, 'function' => $function] = $answer;
            if ($status === 'failed' || $status === 'cancelled') {
                throw new FunctionError("Run {$run} of \"{$function}\"", $status, $answer['failure'] ?? null, $function, $run);
            }
            if (microtime(true) >= $untilS) {
                throw new DurableRequestError(
                    "Run {$run} of \"{$function}\" is {$status} after " . Duration::ms($timeout) . ' ms. It goes on: ask again with the '
                    . 'same id, or cancel it.',
                );
            }
        }
    }

    /**
     * Runs a function's handler once, with no run and no history: what it returns. A call is never tried again.
     *
     * @throws FunctionError with what it threw.
     * @throws DurableRequestError when there was no answer.
     */
    public function call(string|DurableFunction $fn, mixed $input = null): mixed
    {
        $id = self::idOf($fn);
        $path = $this->path() . '/functions/' . rawurlencode($id) . '/call';
        $answer = $this->ask($path, "\"{$id}\" is given", $input, false);
        return ($answer['status'] ?? '') === 'completed'
            ? $answer['output'] ?? null
            : throw new FunctionError("\"{$id}\"", 'failed', $answer['failure'] ?? null, $id);
    }

    /**
     * Asks a run what its `$step->onQuery` of this name answers, whatever its status.
     *
     * @throws FunctionError with what the query threw.
     * @throws DurableRequestError with `problem` "unknown-query".
     */
    public function query(string $runId, string $name, mixed $input = null): mixed
    {
        $path = $this->path() . '/runs/' . rawurlencode($runId) . '/query/' . rawurlencode($name);
        $answer = $this->ask($path, "Query \"{$name}\" is given", $input, true);
        return ($answer['status'] ?? '') === 'completed'
            ? $answer['output'] ?? null
            : throw new FunctionError("Query \"{$name}\" of run {$runId}", 'failed', $answer['failure'] ?? null, null, $runId);
    }

    /**
     * Gives a payload to whoever waits for the signal of this key; kept for runs that began before and reach their wait later.
     * A broken line does not double it.
     *
     * @return array{id: string}
     * @throws DurableRequestError
     */
    public function signal(string $key, mixed $payload = null): array
    {
        $path = $this->path() . '/signals/' . rawurlencode(Signal::checkKey('signal', $key));
        $body = ['path' => $path, 'id' => self::newId()];
        if ($payload !== null) {
            $body['payload'] = Value::toJson('Signal ' . Shown::text($key) . ' carries', $payload, intdiv(Limits::EVENT_BYTES_MAX, 2));
        }
        return $this->connection->post($path, [], JsonWriter::write($body), isRepeatable: true, mayUseEventKey: true);
    }

    /**
     * Answers what a `$step->waitForInput` asks, for the person `$by`.
     *
     * @return array{id: string, by: string, at: string}
     * @throws DurableRequestError with `problem` "validation", "already-answered" or "input-over".
     */
    public function answer(string $inputId, mixed $value, ?string $by = null): array
    {
        return $this->answerInput($inputId, ['by' => $by, 'value' => Value::toJson('The answer is', $value, Limits::EVENT_BYTES_MAX)]);
    }

    /**
     * Approves what a `$step->waitForApproval` asks.
     *
     * @return array{id: string, by: string, at: string}
     */
    public function approve(string $inputId, ?string $by = null, ?string $comment = null): array
    {
        return $this->answerInput($inputId, ['by' => $by, 'comment' => $comment, 'approved' => true]);
    }

    /**
     * Rejects it, which is an answer like the other.
     *
     * @return array{id: string, by: string, at: string}
     */
    public function reject(string $inputId, ?string $by = null, ?string $comment = null): array
    {
        return $this->answerInput($inputId, ['by' => $by, 'comment' => $comment, 'approved' => false]);
    }

    /**
     * Cancels a run: as `$client->runs->cancel()`.
     *
     * @return array{id: string, status: string}
     */
    public function cancel(string $runId, ?string $reason = null): array
    {
        return $this->runs->cancel($runId, $reason);
    }

    /**
     * Makes a token that shows the named fields of one run to whoever has it, for a while: for an end user's page. The engine is
     * not asked, and nothing is stored.
     *
     * @param list<string> $fields Some of `status`, `state`, `progress`, `steps`, `output`, `failure`.
     * @param int|float|string|\DateInterval $expiresIn From 1 s to 7 days; an hour unless told.
     * @return array{token: string, url: string, expiresAt: string}
     * @throws InvalidOption when it shows nothing, lasts too long, or there is no secret to seal it with.
     */
    public function runToken(
        string $runId,
        array $fields,
        int|float|string|\DateInterval $expiresIn = Limits::RUN_TOKEN_S_DEFAULT * 1_000,
    ): array {
        $fields = RunToken::fields($fields);
        $untilS = time() + RunToken::seconds($expiresIn);
        $keys = $this->connection->keys()->own();
        if ($keys === null) {
            throw new InvalidOption(
                'A run token is sealed with the app\'s signing secret, and there is none. Set DURABLE_SECRET, or `secret`.',
            );
        }
        $token = Token::forRun($keys->request, $this->appName(), $this->environment(), $runId, $fields, $untilS);
        $url = $this->connection->publicUrl() . $this->path() . '/runs/' . rawurlencode($runId) . '/watch';
        return ['token' => $token, 'url' => $url, 'expiresAt' => Instant::format($untilS * 1_000)];
    }

    /**
     * @param list<string>|null $tags
     * @return array<string, mixed>
     */
    private function trigger(
        string|DurableFunction $fn,
        mixed $data,
        string $id,
        mixed $delay,
        mixed $at,
        ?array $tags,
        ?string $traceparent,
        float $waitS,
    ): array {
        $functionId = self::idOf($fn);
        $path = $this->path() . '/functions/' . rawurlencode($functionId) . '/trigger';
        $body = ['path' => $path, 'id' => $id] + EventOnWire::begin("The start of \"{$functionId}\"", $delay, $at);
        if ($tags !== null) {
            $body['tags'] = Search::tags($tags);
        }
        if ($data !== null) {
            $body['data'] = Value::toJson("\"{$functionId}\" is given", $data, Limits::EVENT_BYTES_MAX);
        }
        return $this->connection->post(
            $path,
            ['wait' => $waitS > 0 ? (string) round($waitS, 3) : null],
            JsonWriter::write($body),
            isRepeatable: true,
            traceparent: $traceparent,
            timeoutS: 10 + $waitS,
        );
    }

    /** @return array<array-key, mixed> */
    private function ask(string $path, string $subject, mixed $input, bool $isRepeatable): array
    {
        $body = ['path' => $path];
        if ($input !== null) {
            $body['input'] = Value::toJson($subject, $input, Limits::EVENT_BYTES_MAX);
        }
        return $this->connection->post($path, [], JsonWriter::write($body), $isRepeatable);
    }

    /**
     * Under an id of its own, so that an answer whose own answer gets lost finds itself.
     *
     * @param array<string, string|bool|RawJson|null> $answer
     * @return array<array-key, mixed>
     */
    private function answerInput(string $inputId, array $answer): array
    {
        $path = $this->path() . '/inputs/' . rawurlencode($inputId) . '/answer';
        $said = array_filter($answer, static fn (mixed $value): bool => $value !== null);
        return $this->connection->post($path, [], JsonWriter::write(['path' => $path, 'id' => self::newId()] + $said), isRepeatable: true);
    }

    private function path(): string
    {
        return '/v1/apps/' . rawurlencode($this->appName()) . '/' . rawurlencode($this->environment());
    }

    private function environment(): string
    {
        return $this->env ?? Environment::get('DURABLE_ENV') ?? 'dev';
    }

    private function appName(): string
    {
        return $this->app ?? Environment::get('DURABLE_APP')
            ?? throw new InvalidDefinition("Say whose function it is: new Client(app: 'shop'), or DURABLE_APP.");
    }

    private static function idOf(string|DurableFunction $fn): string
    {
        return Slug::check('The function id', $fn instanceof DurableFunction ? $fn->id : $fn);
    }

    /** A random UUID. */
    private static function newId(): string
    {
        $bytes = random_bytes(16);
        $bytes[6] = chr(ord($bytes[6]) & 0x0f | 0x40);
        $bytes[8] = chr(ord($bytes[8]) & 0x3f | 0x80);
        return vsprintf('%s%s-%s-%s-%s-%s%s%s', str_split(bin2hex($bytes), 4));
    }
}
