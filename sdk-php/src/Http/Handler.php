<?php

declare(strict_types=1);

namespace Durable\Http;

use Durable\DurableFunction;
use Durable\Exception\InvalidDefinition;
use Durable\Exception\InvalidOption;
use Durable\Execution\OneOff;
use Durable\Execution\OutputBuffers;
use Durable\Execution\TurnOptions;
use Durable\Json\JsonProblem;
use Durable\Json\JsonReader;
use Durable\Json\JsonWriter;
use Durable\Options\Shown;
use Durable\Options\Slug;
use Durable\Transport\Transport;
use Durable\Transport\Transports;
use Durable\Wire\Limits;
use Psr\Log\LoggerInterface;

/**
 * Answers what the engine asks of one app, from bytes to bytes. Bridges hand in what their framework has; nothing here knows
 * any framework.
 */
final class Handler
{
    /** @var array<string, DurableFunction> */
    private readonly array $functions;
    private readonly KeySource $secrets;
    private readonly EngineAddress $engine;
    /** @var array<int, Manifest> */
    private array $manifests = [];
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
        #[\SensitiveParameter] string|array|\Closure|null $secret = null,
        ?string $url = null,
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
        $this->engine = new EngineAddress($url);
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
        $head = Head::of($method, $headers);
        $refusal = $head->refusal();
        if ($refusal !== null) {
            return $refusal;
        }
        if (strlen($body) > Limits::REQUEST_BYTES_MAX) {
            return Problem::of('payload-too-large', 'A request may have at most ' . Limits::REQUEST_BYTES_MAX . ' bytes.');
        }
        try {
            $secrets = $this->secrets->keys($head->host(), $remoteAddress);
        } catch (\Throwable) {
            return Problem::of(
                'secret-unavailable',
                'Where the app keeps its signing secret did not answer, or what it answered is none.',
            );
        }
        $authentic = Authentic::of($head->headers, $body, $secrets);
        if ($authentic === null) {
            return Problem::of('unauthenticated', 'Check that app and engine have the same secret and the same time.');
        }
        $buffers = OutputBuffers::swallow();
        try {
            return $this->answer($authentic, $body, $head->header('traceparent'));
        } catch (\Throwable $unexpected) {
            $this->logger?->error('A request of the engine could not be answered.', ['exception' => $unexpected]);
            return Problem::of('internal', 'The app could not answer this request. Its log says more.');
        } finally {
            OutputBuffers::dropAbove($buffers);
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
        // Inspect asks who is here, so it may be asked by someone who does not know yet; the answer names the app.
        if ($message['type'] === 'inspect') {
            return $authentic->answer($this->manifest()->text());
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
        return $message['type'] === 'invoke'
            ? $this->invocation($authentic, $message, $traceparent)->answer($fn, $this->lastWords)
            : $this->answerOnce($authentic, $fn, $message, $traceparent);
    }

    /** @param array<string, mixed> $message An `invoke`. */
    private function invocation(Authentic $authentic, array $message, ?string $traceparent): Invocation
    {
        $transport = $this->transport ?? Transports::default();
        $identity = $this->manifest()->identity();
        return new Invocation($authentic, $message, $identity, $this->engine, $transport, $traceparent, $this->logger);
    }

    /** @param array<string, mixed> $message A `call` or a `query`. */
    private function answerOnce(Authentic $authentic, DurableFunction $fn, array $message, ?string $traceparent): Response
    {
        $options = new TurnOptions(
            isReadOnly: $message['type'] === 'query',
            secret: $authentic->keys->request,
            engineUrl: $this->engine->url(),
            traceparent: $traceparent,
            logger: $this->logger,
        );
        $answer = $message['type'] === 'call'
            ? OneOff::call($fn, $message, $options)
            : OneOff::query($fn, $message, $options);
        return $authentic->answer(JsonWriter::write($answer + ['manifest' => $this->manifest()->digest]));
    }

    /** Where the engine is may be known only later: then the app takes more than it said before. */
    private function manifest(): Manifest
    {
        $reachesEngine = $this->engine->url() !== null;
        return $this->manifests[(int) $reachesEngine] ??= new Manifest(
            $this->app,
            $this->functions,
            $this->maxDuration,
            $this->deployment,
            $reachesEngine,
        );
    }
}
