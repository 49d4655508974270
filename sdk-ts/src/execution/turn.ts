// One turn: the handler is called from the top; what is recorded answers, what is new is started and reported.
//
//     the handler asks for a step
//        |-- settled in the memo --> waits in line; handed out in the memo's order, one at a time
//        |-- pending in the memo --> never resolves in this turn
//        `-- new ------------------> its op; a body starts at once, and its result comes back in a later turn
//
// Order. Whenever user code has come to rest (no microtask left), the waiting result that was recorded first is
// handed out. A turn with a longer memo therefore begins exactly like one with a shorter memo: races end the same way
// and names are counted the same way, however many results have come in since.
//
// State. What a run publishes of itself needs no acknowledgement: it rides with the answer, whatever that is.
//
// End. The turn is over when the handler has ended and nothing new was started, or when it rests, all bodies have
// settled and at least one step was reached. A handler that rests without having reached a step awaits something of
// its own (a fetch outside of any step): the turn stays open for it. Once the turn is over it is closed: a suspended
// handler may throw, catch or return what it likes, and nobody listens.
//
// A turn that undoes a step starts and reports nothing else: what is new blocks, and at that step its compensation runs.

import {
  type InvokeRequest,
  MEMO_ENTRIES_MAX,
  type MemoEntry,
  type Op,
  type OpName,
  RawJson,
  type StateOp,
  stepNameProblem,
} from "@durable/protocol/wire";
import { HungUpError, NonRetriableError, StepError } from "../errors.ts";
import { afterMicrotasks } from "../runtime/after-microtasks.ts";
import { monotonicMs } from "../runtime/clock.ts";
import type { QueryHandler } from "../steps/on-query.ts";
import type { CheckpointLine } from "./checkpoint-line.ts";
import { refuseNesting } from "./enclosing-step.ts";
import { isSettled, Memo, type Recorded } from "./memo.ts";
import { idOf } from "./step-ids.ts";

/** A step as user code asks for it. */
export interface StepCall {
  readonly op: OpName;
  readonly name: string;
  /** Id of the enclosing branch or group; "" is none. */
  readonly scope?: string;
  /** What user code gets for the value that is recorded; the value itself unless told. */
  readonly read?: (value: unknown) => unknown;
  /** What undoes it once it is recorded, given what user code gets for the recorded value. */
  readonly undo?: ((id: string, value: unknown) => Promise<Op>) | undefined;
}

export type TurnEnd =
  | { readonly kind: "returned"; readonly value: unknown }
  | { readonly kind: "threw"; readonly thrown: unknown }
  /** Something was started, or something that is pending is awaited. */
  | { readonly kind: "suspended" }
  /** Code and memo disagree. */
  | { readonly kind: "nondeterministic"; readonly message: string }
  /** The engine no longer works with this dispatch. */
  | { readonly kind: "abandoned" };

/** Somebody in user code who awaits a step. */
interface Awaiting {
  readonly call: StepCall;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

// biome-ignore lint/suspicious/noConfusingVoidType: most return nothing
type Begin = (id: string, n: number) => Promise<never> | void;

// Apart from all steps, whatever they are called.
const STATE_NAME = "setState";
const STATE_SCOPE = idOf("", "durable:state", 0);
const STATE_ID = idOf(STATE_SCOPE, STATE_NAME, 0);

export interface TurnOptions {
  /** What is not recorded does not begin; the turn rests there. */
  readonly isReadOnly?: boolean;
  /** Aborted when the engine has hung up; missing where the server cannot tell. */
  readonly hangUp?: (() => AbortSignal) | undefined;
}

interface Waiting {
  readonly position: number;
  readonly handOut: () => void;
}

/** From so many entries on, sending the memo again for every turn costs more than a checkpoint. */
const CHECKPOINT_ENTRIES_MIN = 20;
/** Whose value is known as soon as they are recorded: there is something to go on with. */
const SETTLES_AT_ONCE: ReadonlySet<string> = new Set(["run", "send"]);

const SUSPENDED: TurnEnd = { kind: "suspended" };

export class Turn {
  readonly runId: string;
  /** What was reached for the first time, in the order in which it was settled here. */
  ops: Op[] = [];
  /** What the run last said of itself: rides with any answer, and ends no turn. */
  #state: StateOp | null = null;
  #stateTold: StateOp | null = null;
  readonly #line: CheckpointLine | null;
  /** Asked for and without a result: they may get one while the turn goes on. */
  readonly #awaiting = new Map<string, Awaiting>();
  readonly #whenAbandoned = new Set<(reason: Error) => void>();
  /** Questions about the run that its code answers. */
  readonly queries = new Map<string, QueryHandler>();
  readonly #isReadOnly: boolean;
  readonly #attempts: Readonly<Record<string, number>>;
  readonly #memo: Memo;
  readonly #occurrences = new Map<string, number>();
  #startUntilMs: number;
  #isReporting = false;
  readonly #hangUp: (() => AbortSignal) | undefined;
  #hungUp: AbortSignal | undefined;
  /** The step to undo in this turn, if it is one of those. */
  readonly #toUndo: string | null;
  #waiting: Waiting[] = [];
  #bodies = 0;
  #isBlocked = false;
  #isOutOfTime = false;
  #isLookingForRest = false;
  #handlerEnd: TurnEnd | null = null;
  #end: TurnEnd | null = null;
  #tellEnd: (end: TurnEnd) => void = () => {};

  constructor(
    request: InvokeRequest,
    startedAtMs: number,
    line: CheckpointLine | null = null,
    { isReadOnly = false, hangUp }: TurnOptions = {},
  ) {
    this.#line = line;
    this.#hangUp = hangUp;
    this.runId = request.run.id;
    this.#toUndo = request.task.kind === "compensate" ? request.task.step : null;
    this.#isReadOnly = isReadOnly || this.#toUndo !== null;
    this.#attempts = request.attempts;
    this.#memo = new Memo(request.memo);
    this.#startUntilMs = startedAtMs + request.budget.ms;
  }

  /** Settled results that user code has not asked for. */
  get unclaimed(): number {
    return this.#memo.unclaimed;
  }

  /** All that the answer reports. */
  get answerOps(): Op[] {
    return this.#state === null ? this.ops : [...this.ops, this.#state];
  }

  /** Whether a step was left out because the time for starting steps was over. */
  get isOutOfTime(): boolean {
    return this.#isOutOfTime;
  }

  /** The number of a step's attempt, from 1. */
  attemptOf(id: string): number {
    return this.#attempts[id] ?? 1;
  }

  /** Calls the handler and answers how the turn ended. Never rejects. */
  run(handler: () => Promise<unknown>): Promise<TurnEnd> {
    return new Promise((resolve) => {
      this.#tellEnd = resolve;
      const endWith = (end: TurnEnd) => {
        this.#handlerEnd = end;
        this.#lookForRest();
      };
      handler().then(
        (value) => endWith({ kind: "returned", value }),
        (thrown) => endWith({ kind: "threw", thrown }),
      );
      this.#lookForRest();
    });
  }

  /**
   * User code has reached a step. `begin` says what to do when it is new: report an op or start a body. The promise
   * that it may return takes the place of the one that never settles: by it a step fails that was not recorded.
   * @returns what is recorded, later in this turn; else a promise that never settles.
   * @throws NonRetriableError when called from within a step's body.
   */
  ask<Value>(call: StepCall, begin: Begin): Promise<Value> {
    const { op, name, scope = "" } = call;
    refuseNesting(this, name);
    if (this.#end !== null) return never();
    const problem = typeof name === "string" ? stepNameProblem(name) : "A step's name must be a string.";
    if (problem !== null) return refusal(new NonRetriableError(`Step ${JSON.stringify(name)}: ${problem}`));
    const n = this.#count(scope, name);
    const id = idOf(scope, name, n);
    const recorded = this.#memo.claim(id);
    this.#lookForRest();
    if (recorded === undefined) {
      return this.#isReadOnly ? this.#block() : this.#begin(begin, call, id, n);
    }
    if (recorded.entry.op !== op) {
      this.#finish({
        kind: "nondeterministic",
        message: `Step "${name}" (${n}) is recorded as "${recorded.entry.op}", and the code now asks for "${op}" under that name.`,
      });
      return never();
    }
    if (id === this.#toUndo) return this.#undo(call, recorded);
    if (isSettled(recorded.entry)) return this.#waitInLine(call, recorded);
    this.#isBlocked = true;
    return this.#awaitResult(call, id);
  }

  /** An op that is complete as it is: the engine does the rest. */
  report(op: Op): void {
    this.ops.push(op);
  }

  /** Publishes the run's state. It needs no acknowledgement: a replay publishes it again. */
  publish(v: RawJson | undefined): void {
    if (this.#end !== null) return;
    refuseNesting(this, STATE_NAME);
    this.#state = { op: "state", id: STATE_ID, scope: STATE_SCOPE, name: STATE_NAME, n: 0, v };
  }

  /** Like `start`, for a body whose failure is not recorded: it is thrown where the step stands. */
  startOr(body: () => Promise<Op>): Promise<never> {
    return new Promise((_, reject) => {
      this.start(() =>
        body().catch((error: unknown) => {
          reject(error);
          return null;
        }),
      );
    });
  }

  /** Starts the body of a step, unless the time for that is over; its op is reported when it has settled. */
  start(body: () => Promise<Op | null>): void {
    if (monotonicMs() >= this.#startUntilMs) {
      this.#isOutOfTime = true;
      return;
    }
    this.#bodies += 1;
    void body().then((op) => {
      this.#bodies -= 1;
      if (op !== null) this.ops.push(op);
      if (this.#bodies === 0 || this.#line?.isOpen) this.#lookForRest();
    });
  }

  #count(scope: string, name: string): number {
    const key = scope === "" ? name : `${scope}\x1f${name}`;
    const n = this.#occurrences.get(key) ?? 0;
    this.#occurrences.set(key, n + 1);
    return n;
  }

  /** Calls back when the engine says that this dispatch is over, or has hung up. @returns how to call it off. */
  onAbandoned(tell: (reason: Error) => void): () => void {
    this.#whenAbandoned.add(tell);
    if (this.#hungUp === undefined && this.#hangUp !== undefined) {
      this.#hungUp = this.#hangUp();
      this.#hungUp.addEventListener("abort", () => this.#tellAbandoned(new HungUpError()), { once: true });
    }
    if (this.#hungUp?.aborted) tell(new HungUpError());
    return () => void this.#whenAbandoned.delete(tell);
  }

  #block(): Promise<never> {
    this.#isBlocked = true;
    return never();
  }

  #undo({ undo, read }: StepCall, { entry }: Recorded): Promise<never> {
    if (undo !== undefined && entry.st === "ok") {
      const value = read === undefined ? entry.v : read(entry.v);
      this.start(() => undo(entry.id, value));
    }
    return this.#block();
  }

  #begin<Value>(begin: Begin, call: StepCall, id: string, n: number): Promise<Value> {
    try {
      const failing = begin(id, n);
      return this.#awaitResult(call, id, failing ?? never());
    } catch (error) {
      return refusal(error);
    }
  }

  /** A result that may come while the turn goes on; without checkpoints none does. */
  #awaitResult<Value>(call: StepCall, id: string, failing: Promise<never> = never()): Promise<Value> {
    return quiet((resolve, reject) => {
      if (this.#line !== null) this.#awaiting.set(id, { call, resolve, reject });
      failing.catch((error) => {
        this.#awaiting.delete(id);
        reject(error);
      });
    });
  }

  #waitInLine<Value>(call: StepCall, recorded: Recorded): Promise<Value> {
    return quiet((resolve, reject) => this.#queue(recorded, { call, resolve, reject }));
  }

  #queue({ entry, position }: Recorded, { call, resolve, reject }: Awaiting): void {
    const handOut = () => {
      if (entry.st === "ok") resolve(call.read === undefined ? entry.v : call.read(entry.v));
      else if (entry.st === "err") reject(new StepError(call.name, entry.error));
    };
    this.#waiting.push({ position, handOut });
  }

  #lookForRest(): void {
    if (this.#isLookingForRest) return;
    this.#isLookingForRest = true;
    afterMicrotasks(() => {
      this.#isLookingForRest = false;
      this.#atRest();
    });
  }

  #atRest(): void {
    if (this.#end !== null) return;
    if (this.#hasToReport()) void this.#report();
    const hasStarted = this.#bodies > 0 || this.ops.length > 0 || this.#isOutOfTime || this.#isReporting;
    if (this.#handlerEnd !== null && !hasStarted) {
      this.#finish(this.#handlerEnd);
    } else if (this.#handlerEnd === null && this.#waiting.length > 0) {
      this.#handOutFirst();
      this.#lookForRest();
    } else if (this.#bodies === 0 && !this.#isReporting) {
      if (hasStarted || this.#isBlocked || this.#awaiting.size > 0) this.#finish(SUSPENDED);
    }
  }

  #hasToReport(): boolean {
    return (
      this.#line?.isOpen === true &&
      !this.#isReporting &&
      !this.#isOutOfTime &&
      this.#memo.size >= CHECKPOINT_ENTRIES_MIN &&
      this.#memo.size + this.ops.length < MEMO_ENTRIES_MAX &&
      this.ops.some(({ op }) => SETTLES_AT_ONCE.has(op))
    );
  }

  async #report(): Promise<void> {
    const ops = this.ops;
    const state = this.#state === this.#stateTold ? null : this.#state;
    this.ops = [];
    this.#isReporting = true;
    const end = await this.#line!.send(state === null ? ops : [...ops, state]);
    this.#isReporting = false;
    if (end.kind === "stopped") return this.#abandon();
    if (end.kind === "closed") this.ops = [...ops, ...this.ops];
    else {
      if (end.yield) this.#startUntilMs = 0;
      this.#stateTold = state ?? this.#stateTold;
      this.#takeOver(ops, end.memo);
    }
    this.#lookForRest();
  }

  #takeOver(reported: readonly Op[], entries: readonly MemoEntry[]): void {
    const values = new Map<string, unknown>();
    for (const op of reported) if ("v" in op) values.set(op.id, op.v);
    for (const entry of entries) {
      // What was reported is not sent back.
      const own = entry.st === "ok" ? values.get(entry.id) : undefined;
      this.#memo.add(own instanceof RawJson ? ({ ...entry, v: JSON.parse(own.text) } as MemoEntry) : entry);
      const awaiting = this.#awaiting.get(entry.id);
      if (awaiting === undefined) continue;
      this.#awaiting.delete(entry.id);
      this.#queue(this.#memo.claim(entry.id)!, awaiting);
    }
  }

  #abandon(): void {
    this.#tellAbandoned(new HungUpError());
    this.#finish({ kind: "abandoned" });
  }

  #tellAbandoned(reason: Error): void {
    for (const tell of this.#whenAbandoned) tell(reason);
  }

  #handOutFirst(): void {
    let first = 0;
    for (let i = 1; i < this.#waiting.length; i += 1) {
      if (this.#waiting[i]!.position < this.#waiting[first]!.position) first = i;
    }
    const [{ handOut }] = this.#waiting.splice(first, 1) as [Waiting];
    handOut();
  }

  #finish(end: TurnEnd): void {
    if (this.#end !== null) return;
    this.#end = end;
    this.#waiting = [];
    this.#tellEnd(end);
  }
}

/**
 * What a step without a result returns. A new one each time: whoever awaits a promise hangs on it, so one shared by
 * all turns would keep every suspended handler alive for ever.
 */
function never(): Promise<never> {
  return new Promise(ignore);
}

function refusal(error: unknown): Promise<never> {
  return quiet((_, reject) => reject(error as Error));
}

/** A failed step that nobody awaits must not bring the process down. */
function quiet<Value>(
  start: (resolve: (value: unknown) => void, reject: (error: Error) => void) => void,
): Promise<Value> {
  const promise = new Promise<Value>((resolve, reject) => {
    start((value) => resolve(value as Value), reject);
  });
  promise.catch(ignore);
  return promise;
}

function ignore(): void {}
