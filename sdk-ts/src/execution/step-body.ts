import { type Failure, type LogLine, PROGRESS_BYTES_MAX, type RawJson } from "@durable/protocol/wire";
import type { Duration } from "../duration.ts";
import type { Jsonify } from "../json.ts";
import type { RetryOptions } from "../retry.ts";
import { afterMacrotask } from "../runtime/after-microtasks.ts";
import { elapsedMs, monotonicMs } from "../runtime/clock.ts";
import type { Heartbeat } from "../steps/heartbeat.ts";
import { type Log, logTo } from "../steps/log.ts";
import { type Limited, type Limits, withinLimits } from "./attempt-limits.ts";
import { callBody } from "./enclosing-step.ts";
import { toFailure } from "./failure.ts";
import { LogLines } from "./log-lines.ts";
import type { Turn } from "./turn.ts";
import { toJson } from "./value.ts";

/** What the code of a step gets. */
export interface StepBodyContext {
  /** The same at every attempt of this step: hand it to whatever must not happen twice. */
  readonly idempotencyKey: string;
  /** From 1; 2 is the first retry. */
  readonly attempt: number;
  /**
   * Aborted when the step's `timeout` or `heartbeatTimeout` is over, and, where the server tells, when the engine has hung up: the run was
   * cancelled or timed out, and whatever the code still does for it is for nothing.
   */
  readonly signal: AbortSignal;
  /** Like `step.log`, and on every runtime: what is said here is kept with this attempt. */
  readonly log: Log;
  /** Says that this attempt lives, and how far it is; throws when what it does is for nothing, as `signal` says. */
  readonly heartbeat: Heartbeat;
}

/** What else there is to say of a `step.run`. */
export interface StepRunOptions<Value = unknown> {
  /** This step's own policy; what it does not say is the function's. */
  readonly retry?: RetryOptions | undefined;
  /** One attempt may take so long; then `signal` fires and the attempt has failed. */
  readonly timeout?: Duration | undefined;
  /**
   * Its code says by `heartbeat` that it lives, at least so often: an attempt that is silent for so long has failed, also
   * when its process hangs and cannot say so. Choose it longer than your engine takes to restart. It gets a request of
   * its own, and needs `DURABLE_URL`.
   */
  readonly heartbeatTimeout?: Duration | undefined;
  /**
   * What follows the last attempt: the step fails (`"fail"`, the default), or the run pauses until a person has mended
   * the cause and resumes it (`"pause"`). What it does not say is the function's.
   */
  readonly onExhausted?: "fail" | "pause" | undefined;
  /**
   * Its code is called once and never again, for what has no idempotency key. That it is called is on disk before it is.
   * A crash, an answer that is lost, or the end of a time limit leaves a `StepInterruptedError` where the step stands, and what it
   * throws is thrown there too: `retry` and `onExhausted` do not go with it. Costs one more request.
   */
  readonly atMostOnce?: boolean | undefined;
  /**
   * Undoes the step when the run fails or is cancelled after it completed: called with its result as it was recorded.
   * Such compensations run one after the other, the last completed step first, and each is durable like a step.
   */
  readonly compensate?: Compensate<Value> | undefined;
}

/** What undoes a step, given its result as it was recorded. */
export type CompensateBody<Value> = (result: Jsonify<Value>, context: StepBodyContext) => unknown;

/** What undoes a step; with `run`, what else there is to say of that. */
export type Compensate<Value> =
  | CompensateBody<Value>
  | {
      readonly run: CompensateBody<Value>;
      /** Its own policy; what it does not say is the function's. After the last attempt the run pauses. */
      readonly retry?: RetryOptions | undefined;
      /** One attempt may take so long. */
      readonly timeout?: Duration | undefined;
    };

export interface BodyCall extends Limits {
  readonly id: string;
  readonly idempotencyKey: string;
  readonly attempt: number;
  readonly turn: Turn;
}

/** How one attempt went. */
export type BodyEnd = {
  readonly ms: number;
  /** What it said; undefined when that is nothing. */
  readonly logs: LogLine[] | undefined;
} & (
  | { readonly st: "ok"; readonly v: RawJson | undefined }
  | { readonly st: "err"; readonly error: Failure; readonly thrown: unknown; readonly isHungUp: boolean }
);

/** Runs one attempt and says how it went. Never rejects. */
export async function runBody(call: BodyCall, fn: (context: StepBodyContext) => unknown): Promise<BodyEnd> {
  const { id, name, heartbeatTimeoutMs, turn } = call;
  const startedAtMs = monotonicMs();
  const lines = new LogLines(turn.logBudget);
  const context = new Context(call, lines);
  let result: Promise<unknown> | undefined;
  // It says so at once: from here on its silence counts.
  if (heartbeatTimeoutMs !== undefined) turn.beat({ id, name });
  try {
    result = callBody({ name, turn, lines, heartbeat: context.heartbeat }, async () => fn(context));
    const value = await withinLimits(result, call, context);
    const v = toJson(`Step "${name}" returned`, value);
    return { st: "ok", v, ms: elapsedMs(startedAtMs), logs: lines.end() };
  } catch (thrown) {
    if (context.isOver) void tellWhatComes(call, result!, thrown);
    return {
      st: "err",
      error: toFailure(thrown),
      thrown,
      isHungUp: context.isHungUp,
      ms: elapsedMs(startedAtMs),
      logs: lines.end(),
    };
  }
}

/** Its attempt is over, and its code may still be at work. That it gave up because of that is not worth a word. */
async function tellWhatComes({ id, name, turn }: BodyCall, result: Promise<unknown>, over: unknown) {
  try {
    turn.tellLate(id, name, { st: "ok", v: toJson(`Step "${name}" returned`, await result) });
  } catch (thrown) {
    const hasGivenUp = thrown === over || (thrown as { name?: unknown } | null)?.name === "AbortError";
    if (!hasGivenUp) turn.tellLate(id, name, { st: "err", error: toFailure(thrown) });
  }
}

class Context implements StepBodyContext, Limited {
  readonly name: string;
  readonly idempotencyKey: string;
  readonly attempt: number;
  readonly #id: string;
  readonly #turn: Turn;
  readonly #lines: LogLines;
  #log: Log | undefined;
  #abort: AbortController | undefined;
  /** It was told that the engine no longer waits for it. */
  isHungUp = false;
  /** Its time limit ended it. */
  isOver = false;
  heardMs = monotonicMs();

  constructor({ id, name, idempotencyKey, attempt, turn }: BodyCall, lines: LogLines) {
    this.#id = id;
    this.#turn = turn;
    this.#lines = lines;
    this.name = name;
    this.idempotencyKey = idempotencyKey;
    this.attempt = attempt;
  }

  get log(): Log {
    const lines = this.#lines;
    this.#log ??= logTo({ add: (level, message, data) => lines.add(level, message, data) });
    return this.#log;
  }

  /** Made when it is asked for: most bodies never look at it, and making one costs more than the rest of a step. */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      this.#turn.onAbandoned((reason) => {
        this.isHungUp = true;
        this.#fire(reason);
      });
    }
    return this.#abort.signal;
  }

  readonly heartbeat: Heartbeat = (progress, note) => {
    const told = this.#beat(note === undefined ? progress : { progress, detail: note });
    // Who does not await it looks at the signal.
    told.catch(() => {});
    return told;
  };

  async #beat(progress: unknown): Promise<void> {
    const { name, signal } = this;
    signal.throwIfAborted();
    this.heardMs = monotonicMs();
    const data = toJson(`Step "${name}": heartbeat was given`, progress, PROGRESS_BYTES_MAX);
    this.#turn.beat({ id: this.#id, name, data });
    // A body that does nothing but compute and say so would keep the message from leaving, and a cancel from coming in.
    await afterMacrotask();
    signal.throwIfAborted();
  }

  abort(reason: Error): void {
    this.isOver = true;
    this.#fire(reason);
  }

  #fire(reason: Error): void {
    this.#abort ??= new AbortController();
    this.#abort.abort(reason);
  }
}
