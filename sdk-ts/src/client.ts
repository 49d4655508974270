import { EVENT_BYTES_MAX, type Failure, writeJson } from "@durable/protocol/wire";
import { type BeginOptions, beginOnWire } from "./begin-on-wire.ts";
import { type Duration, durationMs } from "./duration.ts";
import { type ConnectionOptions, DurableRequestError, EngineConnection } from "./engine-connection.ts";
import { FunctionError } from "./errors.ts";
import type { EventToSend, Untyped } from "./event.ts";
import { eventOnWire } from "./event-on-wire.ts";
import { toJson } from "./execution/value.ts";
import type { DataOf, DurableFunction, OutputOf } from "./function.ts";
import { checkSlug } from "./function-check.ts";
import type { Jsonify } from "./json.ts";
import { shown } from "./options.ts";
import { type RunToken, type RunTokenOptions, sealRunToken } from "./run-token.ts";
import { environment } from "./runtime/environment.ts";
import { tagsOnWire } from "./search.ts";
import { checkKey } from "./steps/wait-for-signal.ts";

/** Which app, and where its engine is. */
export interface DurableOptions extends ConnectionOptions {
  /** The app's name; default `DURABLE_APP`. */
  readonly app?: string;
  /** The environment; default `DURABLE_ENV`, else `dev`. */
  readonly env?: string;
}

/** Events that are on the engine's disk. */
export interface SentEvents {
  /** Of each event, in the order in which they were given. */
  readonly ids: string[];
  /** The runs that they started, by their events: one for each function that an event is for. */
  readonly runs: { event: string; function: string; run: string }[];
}

/** Of what begins runs. */
export interface TraceOptions {
  /** W3C Trace Context: the runs go on with this trace. Within a handler: the `traceparent` that it was given. */
  readonly traceparent?: string | undefined;
}

/** How a run is started. */
export interface StartOptions extends BeginOptions, TraceOptions {
  /** Unique for this function: the same start sent again finds the run it started. Default: a new one. */
  readonly id?: string | undefined;
  /** Up to ten words that the run is found by: `durable runs ls tag:import`. */
  readonly tags?: readonly string[] | undefined;
}

/** How a run is started and waited for. */
export interface ExecuteOptions extends StartOptions {
  /** How long to wait; then a `DurableRequestError` names the run, which goes on. For ever unless told. */
  readonly timeout?: Duration | undefined;
}

/** A run that is on the engine's disk. */
export interface StartedRun {
  /** The run's id. */
  readonly run: string;
  /** The id of the event that it has as its cause, called `durable.trigger`. */
  readonly event: string;
}

/** Of an answer to what a run asks. */
export interface AnswerOptions {
  /** Who answers. Recorded as you say it: make sure that it is true. */
  readonly by?: string | undefined;
}

/** Of an approval or a rejection. */
export interface DecideOptions extends AnswerOptions {
  /** Why. */
  readonly comment?: string | undefined;
}

/** An answer that is recorded. */
export interface Answered {
  readonly id: string;
  readonly by: string;
  /** RFC 3339, UTC. */
  readonly at: string;
}

interface TriggerAnswer extends StartedRun {
  readonly function: string;
  readonly status?: string;
  readonly output?: unknown;
  readonly failure?: Failure | null;
}

interface CalledAnswer {
  readonly status: "completed" | "failed";
  readonly output: unknown;
  readonly failure: Failure | null;
}

/** One request waits no longer than this; the next one goes on waiting. */
const WAIT_S = 50;

/** The way from an app to the engine: `new Durable({ app: "shop" }).send({ name, data })`. */
export class Durable {
  readonly #app: string | undefined;
  readonly #env: string | undefined;
  readonly #connection: EngineConnection;

  constructor({ app, env, ...connection }: DurableOptions = {}) {
    this.#app = app;
    this.#env = env;
    this.#connection = new EngineConnection(connection);
  }

  /**
   * Sends events, all or none; resolves when they are on the engine's disk. Every event gets an id unless it has one,
   * so that the repetitions after a broken line or a 503 (5 tries within about 5 s) cannot double it.
   * @throws DurableRequestError when the engine refuses them or does not answer; NonRetriableError for what is no event.
   */
  async send(
    events: EventToSend | readonly EventToSend[],
    { traceparent }: TraceOptions = {},
  ): Promise<SentEvents> {
    const list = Array.isArray(events) ? (events as readonly EventToSend[]) : [events as EventToSend];
    const body = writeJson(
      list.map((event) =>
        eventOnWire("The client", { ...event, id: event.id ?? globalThis.crypto.randomUUID() }),
      ),
    );
    const query = { app: this.#app ?? environment("DURABLE_APP"), env: this.#environment() };
    const post = { path: "/v1/events", query, body, traceparent, mayUseEventKey: true, isRepeatable: true };
    return (await this.#connection.post(post)) as SentEvents;
  }

  /**
   * Starts a run of exactly this function, given as such or by its id; resolves when the run is on the engine's disk.
   * `data` becomes its event's data, and must fit the function's `input`.
   * @throws DurableRequestError with `code` "validation" and `errors` when it does not fit, "start-skipped" when a limit of
   * the function lets it start no run.
   */
  async start<Fn extends DurableFunction | string>(
    fn: Fn,
    data?: DataOf<Fn>,
    options: StartOptions = {},
  ): Promise<StartedRun> {
    const { run, event } = await this.#trigger(fn, data, options, 0);
    return { run, event };
  }

  /**
   * Starts a run and waits for its output, however long it takes. A broken line does not start it twice.
   * @throws FunctionError when the run fails or is cancelled; DurableRequestError as `start` does, and after `timeout`.
   */
  async execute<Fn extends DurableFunction | string>(
    fn: Fn,
    data?: DataOf<Fn>,
    { timeout, ...options }: ExecuteOptions = {},
  ): Promise<Jsonify<OutputOf<Fn>>> {
    const start = { ...options, id: options.id ?? globalThis.crypto.randomUUID() };
    const untilMs = timeout === undefined ? Number.POSITIVE_INFINITY : Date.now() + durationMs(timeout);
    for (;;) {
      const leftS = (untilMs - Date.now()) / 1000;
      const answer = await this.#trigger(fn, data, start, Math.max(0.001, Math.min(WAIT_S, leftS)));
      const { status, run, function: functionId, failure } = answer;
      if (status === "completed") return answer.output as Jsonify<OutputOf<Fn>>;
      if (status === "failed" || status === "cancelled") {
        throw new FunctionError({ functionId, runId: run, status, failure: failure ?? null });
      }
      if (Date.now() >= untilMs) {
        throw new DurableRequestError(
          `Run ${run} of "${functionId}" is ${status} after ${durationMs(timeout!)} ms. It goes on: ask again with the same id, or cancel it.`,
        );
      }
    }
  }

  /**
   * Gives a payload to whoever waits for the signal of this key, in this app and environment; kept for runs that began
   * before and reach their wait later. Resolves when it is on the engine's disk. A broken line does not double it.
   * @param key 1 to 200 characters. @param payload Up to 512 KiB of JSON.
   * @throws DurableRequestError when the engine refuses it or does not answer.
   */
  async signal(key: string, payload?: unknown): Promise<{ id: string }> {
    const path = `${this.#workspacePath()}/signals/${encodeURIComponent(checkKey("signal", key))}`;
    const json = toJson(`Signal ${JSON.stringify(key)} carries`, payload, EVENT_BYTES_MAX / 2);
    const id = globalThis.crypto.randomUUID();
    const body = writeJson({ path, id, ...(json !== undefined && { payload: json }) });
    const post = { path, query: {}, body, mayUseEventKey: true, isRepeatable: true };
    return (await this.#connection.post(post)) as { id: string };
  }

  /**
   * Answers what a `step.waitForInput` asks, for the person `by`. The input's id is in its events and in the inbox.
   * @throws DurableRequestError with `code` "validation" when it does not fit the schema, "already-answered" when somebody
   * was first, "input-over" when nobody is asked any more.
   */
  answer(inputId: string, value: unknown, { by }: AnswerOptions = {}): Promise<Answered> {
    return this.#answer(inputId, { by, value: toJson("The answer is", value, EVENT_BYTES_MAX) });
  }

  /** Approves what a `step.waitForApproval` asks. Refused as `answer` is. */
  approve(inputId: string, { by, comment }: DecideOptions = {}): Promise<Answered> {
    return this.#answer(inputId, { by, comment, approved: true });
  }

  /** Rejects it, which is an answer like the other. */
  reject(inputId: string, { by, comment }: DecideOptions = {}): Promise<Answered> {
    return this.#answer(inputId, { by, comment, approved: false });
  }

  /**
   * Runs a function's handler once, with no run and no history, and resolves to what it returns: for a question that
   * shall be answered now. Its steps run where they stand; a call is never tried again.
   * @throws FunctionError with what it threw; DurableRequestError when there was no answer.
   */
  async call<Fn extends DurableFunction | string>(
    fn: Fn,
    input?: DataOf<Fn>,
  ): Promise<Jsonify<OutputOf<Fn>>> {
    const functionId = functionIdOf(fn);
    const path = `${this.#workspacePath()}/functions/${encodeURIComponent(functionId)}/call`;
    const answer = await this.#ask(path, `"${functionId}" is given`, input, false);
    if (answer.status === "completed") return answer.output as Jsonify<OutputOf<Fn>>;
    throw new FunctionError({ functionId, status: "failed", failure: answer.failure ?? null });
  }

  /**
   * Asks a run what its `step.onQuery` of this name answers, whatever its status.
   * @throws FunctionError with what the query threw; DurableRequestError with `code` "unknown-query".
   */
  async query<Answer = Untyped>(runId: string, name: string, input?: unknown): Promise<Answer> {
    const path = `${this.#workspacePath()}/runs/${encodeURIComponent(runId)}/query/${encodeURIComponent(name)}`;
    const answer = await this.#ask(path, `Query "${name}" is given`, input, true);
    if (answer.status === "completed") return answer.output as Answer;
    throw new FunctionError({ query: name, runId, status: "failed", failure: answer.failure ?? null });
  }

  /**
   * Makes a token that shows the named fields of one run to whoever has it, for a while: for an end user's page. The engine is
   * not asked, and nothing is stored. It cannot be taken back but by retiring the secret that it is sealed with.
   * @throws TypeError for fields and times that no token has; Error where the app has no secret.
   */
  async runToken(runId: string, options: RunTokenOptions): Promise<RunToken> {
    const path = `${this.#workspacePath()}/runs/${encodeURIComponent(runId)}/watch`;
    const [app, env] = [this.#appName(), this.#environment()];
    const secret = await this.#connection.sealingSecret();
    const sealed = sealRunToken({ app, env, run: runId, secret }, options);
    return { ...sealed, url: this.#connection.publicUrl() + path };
  }

  /** Under an id of its own, so that an answer whose own answer gets lost finds itself. */
  async #answer(inputId: string, answer: Readonly<Record<string, unknown>>): Promise<Answered> {
    const path = `${this.#workspacePath()}/inputs/${encodeURIComponent(inputId)}/answer`;
    const body = writeJson({ path, id: globalThis.crypto.randomUUID(), ...answer });
    const post = { path, query: {}, body, mayUseEventKey: false, isRepeatable: true };
    return (await this.#connection.post(post)) as Answered;
  }

  async #ask(path: string, subject: string, input: unknown, isRepeatable: boolean): Promise<CalledAnswer> {
    const json = toJson(subject, input, EVENT_BYTES_MAX);
    const body = writeJson({ path, ...(json !== undefined && { input: json }) });
    const post = { path, query: {}, body, mayUseEventKey: false, isRepeatable };
    return (await this.#connection.post(post)) as CalledAnswer;
  }

  async #trigger(fn: DurableFunction | string, data: unknown, options: StartOptions, waitS: number) {
    const functionId = functionIdOf(fn);
    const { id = globalThis.crypto.randomUUID() } = options;
    const path = `${this.#workspacePath()}/functions/${encodeURIComponent(functionId)}/trigger`;
    const json = toJson(`"${functionId}" is given`, data, EVENT_BYTES_MAX);
    const begin = beginOnWire(`The start of "${functionId}"`, options);
    const tags = options.tags === undefined ? {} : { tags: tagsOnWire(options.tags) };
    const body = writeJson({ path, id, ...begin, ...tags, ...(json !== undefined && { data: json }) });
    const query = { wait: waitS === 0 ? undefined : String(waitS) };
    const { traceparent } = options;
    const post = { path, query, body, traceparent, mayUseEventKey: false, isRepeatable: true };
    return (await this.#connection.post(post)) as TriggerAnswer;
  }

  #environment(): string {
    return this.#env ?? environment("DURABLE_ENV") ?? "dev";
  }

  #workspacePath(): string {
    return `/v1/apps/${encodeURIComponent(this.#appName())}/${encodeURIComponent(this.#environment())}`;
  }

  #appName(): string {
    const app = this.#app ?? environment("DURABLE_APP");
    if (app !== undefined) return app;
    throw new TypeError('Say whose function it is: new Durable({ app: "shop" }), or DURABLE_APP.');
  }
}

/** @throws TypeError for what names no function: the way to it would lead somewhere else. */
function functionIdOf(fn: DurableFunction | string): string {
  const id: unknown = typeof fn === "string" ? fn : (fn as DurableFunction | undefined)?.id;
  checkSlug("The function id", id);
  return id as string;
}

/**
 * `call("shop/price", input)`: a one-off call of a function by the names of its app and itself, which are looked up when
 * the call is made. The rest is as in `new Durable(options).call(...)`.
 */
export function call<Output = Untyped>(
  target: `${string}/${string}`,
  input?: unknown,
  options: Omit<DurableOptions, "app"> = {},
): Promise<Output> {
  const slash = String(target).indexOf("/");
  if (slash < 1) {
    throw new TypeError(
      `call takes the names of an app and of its function, as "shop/price", not ${shown(target)}.`,
    );
  }
  return new Durable({ ...options, app: target.slice(0, slash) }).call(target.slice(slash + 1), input);
}
