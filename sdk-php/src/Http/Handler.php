<?php

declare(strict_types=1);

namespace Durable\Http;

use Durable\DurableFunction;
use Durable\Environment;
use Durable\Exception\InvalidDefinition;
use Durable\Exception\InvalidOption;
use Durable\Execution\CheckpointLine;
use Durable\Execution\EngineLine;
use Durable\Execution\FunctionRun;
use Durable\Execution\HeartbeatLine;
use Durable\Execution\LateLine;
use Durable\Execution\OneOff;
use Durable\Execution\TurnOptions;
use Durable\Execution\ValueLine;
use Durable\Json\JsonProblem;
use Durable\Json\JsonReader;
use Durable\Json\JsonWriter;
use Durable\Options\Shown;
use Durable\Options\Slug;
use Durable\Transport\Transport;
use Durable\Transport\Transports;
use Durable\Version;
use Durable\Wire\Limits;
use Psr\Log\LoggerInterface;

/**
 * Answers what the engine asks of one app, from bytes to bytes. Bridges hand in what their framework has; nothing here knows
 * any framework.
 */
final class Handler
{
    /** Where nobody said that the engine is at its usual place, it is not asked for everything at once. */
    private const CHECKPOINT_ENTRIES_MIN = 100;

    /** @var array<string, DurableFunction> */
    private readonly array $functions;
    private readonly KeySource $secrets;
    private ?Manifest $manifest = null;
    private ?LastWords $lastWords = null;

    /**
     * @param string $app The app's name; the engine repeats it in every request.
     * @param iterable<DurableFunction|object> $functions All that the engine may call here, also as objects with `#[AsFunction]`.
     * @param string|list<string>|\Closure|null $secret Default: `DURABLE_SECRET`, several separated by spaces while they rotate.
     * @param string|null $url Where this app reaches the engine; default `DURABLE_URL`.
     * @param int|float|string|\DateInterval|null $maxDuration How long one request may take here; default PHP's own limit.
     * @param string|null $deployment What this deployment of the app is called; default `DURABLE_DEPLOYMENT`, or what the host sets.
     * @throws InvalidDefinition
     */
    public function __construct(
        private readonly string $app,
        iterable $functions,
        string|array|\Closure|null $secret = null,
        private readonly ?string $url = null,
        private readonly int|float|string|\DateInterval|null $maxDuration = null,
        private readonly ?string $deployment = null,
        private readonly ?LoggerInterface $logger = null,
        private readonly ?Transport $transport = null,
    ) {
        try {
            Slug::check("The app's name", $app);
        } catch (InvalidOption $problem) {
            throw new InvalidDefinition($problem->getMessage(), 0, $problem);
        }
        $served = [];
        foreach ($functions as $function) {
            $own = $function instanceof DurableFunction ? $function : DurableFunction::of($function);
            foreach ([$own, $own->failureFunction()] as $each) {
                if ($each === null) {
                    continue;
                }
                if (isset($served[$each->id])) {
                    throw new InvalidDefinition("Two functions of app \"{$app}\" have the same id: \"{$each->id}\".");
                }
                $served[$each->id] = $each;
            }
        }
        $this->functions = $served;
        $this->secrets = new KeySource($secret);
    }

    /** @return array<string, DurableFunction> By their ids; what handles a failure is one of its own. */
    public function functions(): array
    {
        return $this->functions;
    }

    /**
     * @param array<string, string|list<string>> $headers Their names may be written in any way.
     * @param string $body The bytes that came, unread and unchanged: they are what is signed.
     * @param string|null $remoteAddress Of who asks, where it is known.
     */
    public function handle(string $method, array $headers, string $body, ?string $remoteAddress = null): Response
    {
        $head = self::lowerCase($headers);
        $refused = self::checkHead($method, $head, $body);
        if ($refused !== null) {
            return $refused;
        }
        try {
            $secrets = $this->secrets->keys(self::isPassedOn($head) ? null : $head['host'] ?? null, $remoteAddress);
        } catch (\Throwable) {
            return Problem::of(
                'secret-unavailable',
                'Where the app keeps its signing secret did not answer, or what it answered is none.',
            );
        }
        $authentic = Authentic::of($head, $body, $secrets);
        if ($authentic === null) {
            return Problem::of('unauthenticated', 'Check that app and engine have the same secret and the same time.');
        }
        $buffers = ob_get_level();
        ob_start();
        try {
            return $this->answer($authentic, $body, $head['traceparent'] ?? null);
        } catch (\Throwable $unexpected) {
            $this->logger?->error('A request of the engine could not be answered.', ['exception' => $unexpected]);
            return Problem::of('internal', 'The app could not answer this request. Its log says more.');
        } finally {
            // What was printed on the way is no part of the answer.
            while (ob_get_level() > $buffers) {
                ob_end_clean();
            }
        }
    }

    /** @internal Who is told what to answer when PHP ends in the middle. */
    public function watchedBy(LastWords $lastWords): void
    {
        $this->lastWords = $lastWords;
    }

    private function answer(Authentic $authentic, string $body, ?string $traceparent): Response
    {
        try {
            $message = JsonReader::message($body);
        } catch (JsonProblem $problem) {
            return Problem::of($problem->problem, $problem->getMessage(), ['offset' => $problem->offset]);
        }
        if (!Message::isOne($message)) {
            return Problem::of(
                'malformed-request',
                'The message is no "inspect", "invoke", "call" or "query" as the protocol has them.',
            );
        }
        $manifest = $this->manifest();
        // Inspect asks who is here, so it may be asked by someone who does not know yet; the answer names the app.
        if ($message['type'] === 'inspect') {
            return $authentic->answer($manifest->text());
        }
        if ($message['app'] !== $this->app) {
            return Problem::of('not-found', 'This route serves another app than ' . Shown::text($message['app']) . '.');
        }
        $fn = $this->functions[$message['fn']] ?? null;
        if ($fn === null) {
            return Problem::of(
                'not-found',
                "App \"{$this->app}\" has no function " . Shown::text($message['fn']) . '. Sync the app after a deploy.',
            );
        }
        if ($message['type'] === 'invoke') {
            return $this->invoke($authentic, $fn, $message, $traceparent);
        }
        $options = new TurnOptions(
            isReadOnly: $message['type'] === 'query',
            secret: $authentic->keys->request,
            engineUrl: $this->engineUrl(),
            traceparent: $traceparent,
            logger: $this->logger,
        );
        $answer = $message['type'] === 'call'
            ? OneOff::call($fn, $message, $options)
            : OneOff::query($fn, $message, $options);
        return $authentic->answer(JsonWriter::write($answer + ['manifest' => $manifest->digest]));
    }

    /** @param array<string, mixed> $message */
    private function invoke(Authentic $authentic, DurableFunction $fn, array $message, ?string $traceparent): Response
    {
        $identity = $this->manifest()->identity();
        $fence = $message['task']['fence'];
        $say = static fn (array $answer): Response => $authentic->answer(JsonWriter::write($answer + $identity));
        if (isset($message['deployment']) && $message['deployment'] !== ($identity['deployment'] ?? null)) {
            return $say(['status' => 'abandoned', 'fence' => $fence]);
        }
        $line = $this->lineFor($authentic, $message);
        $values = new ValueLine($line, $message);
        $whole = WholeMemo::of($message, $line, $values);
        if ($whole->kind !== 'whole') {
            return match ($whole->kind) {
                'unreachable' => $say(['status' => 'need_memo', 'fence' => $fence]),
                'stopped' => $say(['status' => 'abandoned', 'fence' => $fence]),
                default => self::incomplete($message, $whole->why),
            };
        }
        $request = $whole->request;
        $request['budget']['ms'] = min($request['budget']['ms'], self::ownBudgetMs());
        $isToldWhereEngineIs = $this->url !== null || Environment::get('DURABLE_URL') !== null;
        $run = new FunctionRun($fn, $request, new TurnOptions(
            checkpoints: CheckpointLine::of($line, $request, $isToldWhereEngineIs ? 0 : self::CHECKPOINT_ENTRIES_MIN),
            heartbeats: HeartbeatLine::of($line, $message),
            late: LateLine::of($line, $message),
            values: $values,
            secret: $authentic->keys->request,
            engineUrl: $this->engineUrl(),
            traceparent: $traceparent,
            logger: $this->logger,
        ));
        $this->lastWords?->watch(static fn (string $why): Response => $say($run->lastWords($why)));
        $answer = $run->answer();
        $this->lastWords?->watch(null);
        return $answer['status'] === 'need_memo' ? self::incomplete($message, $values->failure()) : $say($answer);
    }

    /** @param array<string, mixed> $message */
    private function lineFor(Authentic $authentic, array $message): ?EngineLine
    {
        $environment = $message['engine']['environment'] ?? null;
        $url = $this->engineUrl();
        return is_string($environment) && $environment !== '' && $url !== null
            ? new EngineLine($url, $this->app, $environment, $authentic->keys, $this->transport ?? Transports::default())
            : null;
    }

    /** After most of the time that PHP gives no other step begins: PHP would end in its middle. */
    private static function ownBudgetMs(): float
    {
        $seconds = (int) ini_get('max_execution_time');
        return $seconds > 0 ? $seconds * 750.0 : INF;
    }

    private function engineUrl(): ?string
    {
        return $this->url ?? Environment::configuredEngineUrl();
    }

    private function manifest(): Manifest
    {
        return $this->manifest ??= new Manifest(
            $this->app,
            $this->functions,
            $this->maxDuration,
            $this->deployment,
            $this->engineUrl() !== null,
        );
    }

    /** @param array<string, mixed> $message */
    private static function incomplete(array $message, string $why): Response
    {
        return Problem::of(
            'memo-incomplete',
            "The request for run {$message['run']['id']} has not all of its memo, and {$why}. Does DURABLE_URL lead to the engine "
            . 'that called?',
        );
    }

    /**
     * Whether a proxy passes on what came from elsewhere: a proxy on this machine makes it look as if it came from here. Development
     * servers that stand before the app say of what came from this machine that it did.
     *
     * @param array<string, string> $head
     */
    private static function isPassedOn(array $head): bool
    {
        if (isset($head['forwarded']) || isset($head['via'])) {
            return true;
        }
        foreach (explode(',', $head['x-forwarded-for'] ?? '127.0.0.1') as $address) {
            if (!Environment::isLoopback(trim($address))) {
                return true;
            }
        }
        return false;
    }

    /**
     * What can be refused without reading the body; null when nothing can.
     *
     * @param array<string, string> $headers
     */
    private static function checkHead(string $method, array $headers, string $body): ?Response
    {
        if ($method !== 'POST') {
            return Problem::methodNotAllowed();
        }
        $type = strtolower(trim(explode(';', $headers['content-type'] ?? '', 2)[0]));
        if ($type !== 'application/json') {
            return Problem::of('unsupported-media-type', 'Send it with content-type: application/json.');
        }
        $encoding = $headers['content-encoding'] ?? '';
        if ($encoding !== '' && $encoding !== 'identity') {
            return Problem::of('unsupported-encoding', 'Send the body as it is, without content-encoding.');
        }
        $version = $headers['durable-protocol'] ?? '';
        if ($version !== '' && $version !== (string) Version::PROTOCOL) {
            return Problem::of(
                'unsupported-protocol',
                'Send durable-protocol: 1.',
                ['supported' => ['min' => Version::PROTOCOL, 'max' => Version::PROTOCOL]],
            );
        }
        return strlen($body) > Limits::REQUEST_BYTES_MAX
            ? Problem::of('payload-too-large', 'A request may have at most ' . Limits::REQUEST_BYTES_MAX . ' bytes.')
            : null;
    }

    /**
     * @param array<array-key, string|list<string>> $headers
     * @return array<string, string>
     */
    private static function lowerCase(array $headers): array
    {
        $lower = [];
        foreach ($headers as $name => $value) {
            $lower[strtolower((string) $name)] = is_array($value) ? implode(', ', $value) : (string) $value;
        }
        return $lower;
    }
}
