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
// Joins. Which branch wins follows from that order, so it is decided in the turn that sees it, and user code goes on: a
// join is reported, not awaited. The branches that lost are closed, and whatever they began in this turn is forgotten.
//
// Tasks. A turn for one planned step starts that step and reports nothing else: what is new blocks.
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
  type SigningKey,
  type StateOp,
  stepNameProblem,
} from "@durable/protocol/wire";
import { isDevMode } from "../dev-mode.ts";
import { HungUpError, NonRetriableError, StepError } from "../errors.ts";
import { afterMicrotasks } from "../runtime/after-microtasks.ts";
import { monotonicMs } from "../runtime/clock.ts";
import type { TokenMaker } from "../steps/create-token.ts";
import type { QueryHandler } from "../steps/on-query.ts";
import type { CheckpointLine } from "./checkpoint-line.ts";
import { codeFrame } from "./code-frame.ts";
import { refuseNesting } from "./enclosing-step.ts";
import { newLogBudget } from "./log-lines.ts";
import { isSettled, Memo, type Recorded } from "./memo.ts";
import { Scope } from "./scope.ts";
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
  | { readonly kind: "nondeterministic"; readonly message: string; readonly frame: string | null }
  /** The engine no longer works with this dispatch. */
  | { readonly kind: "abandoned" };

/** Somebody in user code who awaits a step. */
interface Awaiting {
  readonly call: StepCall;
  readonly scope: Scope;
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
  /** What the request was signed with: it seals the tokens that the function makes. */
  readonly secret?: SigningKey | undefined;
  /** Whether what bodies print goes to their logs too. */
  readonly capturesConsole?: boolean;
}

/** A join that is under way: its name and place, which its branches have their ids from. */
export interface JoinPoint {
  readonly id: string;
  readonly name: string;
  readonly n: number;
  readonly scope: Scope;
}

interface Waiting {
  readonly position: number;
  readonly scope: Scope;
  readonly handOut: () => void;
}

/** From so many entries on, sending the memo again for every turn costs more than a checkpoint. */
const CHECKPOINT_ENTRIES_MIN = 20;
/** Whose value is known as soon as they are recorded: there is something to go on with. */
const SETTLES_AT_ONCE: ReadonlySet<string> = new Set(["run", "send", "group"]);

const SUSPENDED: TurnEnd = { kind: "suspended" };

export class Turn {
  readonly runId: string;
  /** What the run's tokens are made of. */
  readonly tokenMaker: TokenMaker;
  readonly capturesConsole: boolean;
  logBudget = newLogBudget();
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
  /** The step this turn is for, if it is not there to continue the run. */
  readonly #taskStep: string | null;
  readonly #idOfOpen = new WeakMap<Promise<unknown>, string>();
  /** Where the steps that are asked for at this moment stand. */
  #scope = new Scope();
  /** Steps that something else settles, or another turn begins. */
  readonly #blocked = new Set<string>();
  #isReporting = false;
  readonly #hangUp: (() => AbortSignal) | undefined;
  #hungUp: AbortSignal | undefined;
  /** The step to undo in this turn, if it is one of those. */
  readonly #toUndo: string | null;
  #waiting: Waiting[] = [];
  #bodies = 0;
  #isOutOfTime = false;
  #isLookingForRest = false;
  #handlerEnd: TurnEnd | null = null;
  #end: TurnEnd | null = null;
  #tellEnd: (end: TurnEnd) => void = () => {};

  constructor(
    request: InvokeRequest,
    startedAtMs: number,
    line: CheckpointLine | null = null,
    { isReadOnly = false, hangUp, secret, capturesConsole = false }: TurnOptions = {},
  ) {
    this.capturesConsole = capturesConsole;
    this.#line = line;
    this.#hangUp = hangUp;
    this.runId = request.run.id;
    this.#toUndo = request.task.kind === "compensate" ? request.task.step : null;
    this.#isReadOnly = isReadOnly || this.#toUndo !== null;
    this.tokenMaker = { app: request.app, env: request.engine?.environment, runId: request.run.id, secret };
    this.#attempts = request.attempts;
    this.#memo = new Memo(request.memo);
    this.#startUntilMs = startedAtMs + request.budget.ms;
    this.#taskStep = request.task.kind === "step" ? request.task.step : null;
  }

  /** Settled results that user code has not asked for. */
  get unclaimed(): number {
    return this.#memo.unclaimed;
  }

  /** All that the answer reports. */
  get answerOps(): Op[] {
    return this.#state === null || this.isTask ? this.ops : [...this.ops, this.#state];
  }

  /** Whether it is there for one planned step, and not to continue the run. */
  get isTask(): boolean {
    return this.#taskStep !== null;
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
    const { op, name, scope: group } = call;
    const scope = this.#scope;
    refuseNesting(this, name);
    if (this.#end !== null || scope.isClosed) return never();
    const problem = typeof name === "string" ? stepNameProblem(name) : "A step's name must be a string.";
    if (problem !== null) return refusal(new NonRetriableError(`Step ${JSON.stringify(name)}: ${problem}`));
    const n = this.#count(group ?? scope.id, name);
    const id = idOf(group ?? scope.id, name, n);
    if (op !== "group") scope.reached(id, call.undo !== undefined);
    const recorded = this.#memo.claim(id);
    this.#lookForRest();
    if (recorded === undefined)
      return this.#isBegun(id) ? this.#begin(begin, call, id, n) : this.#block(call, id);
    if (!this.#checkOp(op, { name, n }, recorded)) return never();
    if (id === this.#toUndo) return this.#undo(call, recorded);
    return isSettled(recorded.entry) ? this.#waitInLine(call, recorded) : this.#block(call, id);
  }

  /** Whether there is an entry under this id. */
  isRecorded(id: string): boolean {
    return this.#memo.has(id);
  }

  /** Calls `call` in a scope: the steps that it asks for at once stand there. */
  within<Value>(scope: Scope, call: () => Value): Value {
    const before = this.#scope;
    this.#scope = scope;
    try {
      return call();
    } finally {
      this.#scope = before;
    }
  }

  /** User code has reached a join. */
  openJoin(name: string): JoinPoint {
    refuseNesting(this, name);
    const problem = stepNameProblem(name);
    if (problem !== null) throw new NonRetriableError(`Join ${JSON.stringify(name)}: ${problem}`);
    const scope = this.#scope;
    const n = this.#count(scope.id, name);
    return { id: idOf(scope.id, name, n), name, n, scope };
  }

  /**
   * A join is decided. User code goes on in this turn; the engine cancels what the losers have open.
   * @param losers Branches, or promises of steps, that nobody waits for any more.
   */
  decideJoin(point: JoinPoint, losers: readonly (Scope | Promise<unknown>)[], v: readonly string[]): void {
    if (this.#end !== null) return;
    const open = new Set<string>();
    for (const loser of losers) {
      if (loser instanceof Scope) {
        loser.close();
        for (const id of loser.open) open.add(id);
      } else {
        const id = this.#idOfOpen.get(loser);
        if (id !== undefined) open.add(id);
      }
    }
    this.#waiting = this.#waiting.filter(({ scope }) => !scope.isClosed);
    for (const id of open) {
      this.#blocked.delete(id);
      this.#awaiting.delete(id);
    }
    // What they began in this turn is not reported, unless it ran: that is recorded, like all that ran.
    const forgotten = new Set<string>();
    for (const { op, id } of this.ops) if (op !== "run" && open.delete(id)) forgotten.add(id);
    if (forgotten.size > 0) this.ops = this.ops.filter(({ id }) => !forgotten.has(id));
    const { id, name, n, scope } = point;
    scope.reached(id, false);
    const recorded = this.#memo.claim(id);
    if (recorded !== undefined) this.#checkOp("join", point, recorded);
    else if (this.#isBegun(id)) {
      this.ops.push(inScope({ op: "join", id, name, n, losers: [...open], v }, scope));
    }
    this.#lookForRest();
  }

  /** An op that is complete as it is: the engine does the rest. */
  report(op: Op): void {
    this.ops.push(inScope(op, this.#scope));
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
    const scope = this.#scope;
    if (monotonicMs() >= this.#startUntilMs && !this.isTask) {
      this.#isOutOfTime = true;
      return;
    }
    this.#bodies += 1;
    void body().then((op) => {
      this.#bodies -= 1;
      if (op !== null) this.ops.push(inScope(op, scope));
      if (this.#bodies === 0 || this.#line?.isOpen) this.#lookForRest();
    });
  }

  /** Where the step stands that is asked for at this moment. */
  protected get scope(): Scope {
    return this.#scope;
  }

  /** Whether this turn begins what is new. */
  #isBegun(id: string): boolean {
    return !this.#isReadOnly && (this.#taskStep === null || this.#taskStep === id);
  }

  /** Whether what is recorded is what the code asks for. */
  #checkOp(op: OpName, { name, n }: { name: string; n: number }, { entry }: Recorded): boolean {
    if (entry.op === op) return true;
    // User code called us: the innermost place of its own on the stack is where it asked.
    const frame = codeFrame(new Error().stack, { isDev: isDevMode() });
    const where = frame === null ? "" : `, at ${frame.split("\n", 1)[0]}`;
    const message = `Step "${name}" (${n}) is recorded as "${entry.op}", and the code now asks for "${op}" under that name${where}.`;
    this.#finish({ kind: "nondeterministic", message, frame });
    return false;
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

  #undo<Value>(call: StepCall, { entry }: Recorded): Promise<Value> {
    const { undo, read } = call;
    if (undo !== undefined && entry.st === "ok") {
      const value = read === undefined ? entry.v : read(entry.v);
      this.start(() => undo(entry.id, value));
    }
    return this.#block(call, entry.id);
  }

  #begin<Value>(begin: Begin, call: StepCall, id: string, n: number): Promise<Value> {
    try {
      if (call.op === "run" && this.#scope.plans && !this.isTask) {
        this.report({ op: "plan", id, name: call.name, n });
        return this.#awaitResult(call, id);
      }
      const failing = begin(id, n);
      return this.#awaitResult(call, id, failing ?? never());
    } catch (error) {
      return refusal(error);
    }
  }

  /** It is pending, or none of this turn's business. */
  #block<Value>(call: StepCall, id: string): Promise<Value> {
    this.#blocked.add(id);
    return this.#awaitResult(call, id);
  }

  /** A result that may come while the turn goes on; without checkpoints none does. */
  #awaitResult<Value>(call: StepCall, id: string, failing: Promise<never> = never()): Promise<Value> {
    const scope = this.#scope;
    scope.opened(id);
    const promise = quiet<Value>((resolve, reject) => {
      if (this.#line !== null) this.#awaiting.set(id, { call, scope, resolve, reject });
      failing.catch((error) => {
        this.#awaiting.delete(id);
        reject(error);
      });
    });
    this.#idOfOpen.set(promise, id);
    return promise;
  }

  #waitInLine<Value>(call: StepCall, recorded: Recorded): Promise<Value> {
    return quiet((resolve, reject) => this.#queue(recorded, { call, scope: this.#scope, resolve, reject }));
  }

  #queue({ entry, position }: Recorded, { call, scope, resolve, reject }: Awaiting): void {
    const handOut = () => {
      if (entry.st === "ok") resolve(call.read === undefined ? entry.v : call.read(entry.v));
      else if (entry.st === "err") reject(new StepError(call.name, { ...entry.error, step: entry.id }));
    };
    this.#waiting.push({ position, scope, handOut });
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
    // A join alone is no reason to be called again.
    const hasNews = this.ops.some(({ op }) => op !== "join");
    const hasStarted = this.#bodies > 0 || hasNews || this.#isOutOfTime || this.#isReporting;
    if (this.#handlerEnd !== null && !hasStarted) {
      this.#finish(this.#handlerEnd);
    } else if (this.#handlerEnd === null && this.#waiting.length > 0) {
      this.#handOutFirst();
      this.#lookForRest();
    } else if (this.#bodies === 0 && !this.#isReporting) {
      const isBlocked = this.#blocked.size > 0 || this.#awaiting.size > 0 || this.ops.length > 0;
      if (hasStarted || isBlocked) this.#finish(SUSPENDED);
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
    this.logBudget = newLogBudget();
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
      this.#blocked.delete(entry.id);
      this.#queue(this.#memo.claim(entry.id)!, awaiting);
    }
    for (const op of reported) if (op.op === "group") this.#memo.fold(op.folds);
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

function inScope(op: Op, { id }: Scope): Op {
  return id === "" || op.scope !== undefined ? op : { ...op, scope: id };
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
