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
// Tasks. A turn for one planned step starts that step and reports nothing else: what is new blocks.
//
// Values elsewhere. A large result is fetched when it is asked for, and waits in line as if it were here: until it comes,
// what was recorded after it is not handed out either. If it does not come the turn ends there.
//
// End. The turn is over when the handler has ended and nothing new was started, or when it rests, all bodies have
// settled and at least one step was reached. A handler that rests without having reached a step awaits something of
// its own (a fetch outside of any step): the turn stays open for it. Once the turn is over it is closed: a suspended
// handler may throw, catch or return what it likes, and nobody listens.
//
// A turn that undoes a step starts and reports nothing else: what is new blocks, and at that step its compensation runs.
// Neither ends at once when it rests without its step: that may stand behind something that user code awaits of its own.
//
// This file is the story; each part that it names is in `turn/`, one matter a file.

import {
  type Beat,
  type InvokeRequest,
  type Op,
  type RawJson,
  stepNameProblem,
} from "@durable/protocol/wire";
import { NonRetriableError } from "../errors.ts";
import { shown } from "../options.ts";
import type { TokenMaker } from "../steps/create-token.ts";
import type { CheckpointLine } from "./checkpoint-line.ts";
import { refuseNesting } from "./enclosing-step.ts";
import type { HeartbeatLine } from "./heartbeat-line.ts";
import type { LateLine, LateResult } from "./late-line.ts";
import type { LogBudget } from "./log-lines.ts";
import type { Scope } from "./scope.ts";
import { tellOuterStep } from "./tell-outer-step.ts";
import type { Trail } from "./trails.ts";
import { Bodies } from "./turn/bodies.ts";
import { checkOp } from "./turn/check-op.ts";
import { Checkpoints } from "./turn/checkpoints.ts";
import { disagreement } from "./turn/disagreement.ts";
import { HangUp } from "./turn/hang-up.ts";
import { Joins } from "./turn/joins.ts";
import { isSettled, Memo, type Recorded } from "./turn/memo.ts";
import { News, opsOf } from "./turn/news.ts";
import { OpenSteps } from "./turn/open-steps.ts";
import { ownTask } from "./turn/own-task.ts";
import { type Detour, PathWatch } from "./turn/path-watch.ts";
import { Patience } from "./turn/patience.ts";
import { type JoinPoint, Place } from "./turn/place.ts";
import { Purpose } from "./turn/purpose.ts";
import { never, quiet, refusal } from "./turn/quiet-promise.ts";
import { Rest } from "./turn/rest.ts";
import { ResultLine } from "./turn/result-line.ts";
import { STATE_NAME, stateOp } from "./turn/state-op.ts";
import { type Begin, readBy, type StepCall } from "./turn/step-call.ts";
import type { TurnEnd } from "./turn/turn-end.ts";
import type { TurnOptions } from "./turn/turn-options.ts";
import { ValueElsewhere } from "./turn/value-elsewhere.ts";
import { ValueLine } from "./value-line.ts";

/** Without its step, a run pauses: what user code awaits of its own mostly comes within this time. */
const UNMET_PATIENCE_MS = 1_000;

export class Turn {
  readonly runId: string;
  /** What the run's tokens are made of. */
  readonly tokenMaker: TokenMaker;
  readonly capturesConsole: boolean;
  /** Questions about the run that its code answers. */
  readonly queries = new Map<string, (input: unknown) => unknown>();
  readonly joins: Joins;
  readonly #attempts: Readonly<Record<string, number>>;
  readonly #purpose: Purpose;
  readonly #memo: Memo;
  /** Whether the engine puts on disk that a body is called before it is. */
  readonly #canClaim: boolean;
  readonly #place = new Place((join, name) => {
    if (this.#trail !== null) tellOuterStep(this.runId, join, name, this.#trail);
  });
  readonly #results = new ResultLine();
  readonly #open: OpenSteps;
  readonly #news = new News();
  readonly #bodies: Bodies;
  /** Null when the answer is all that the engine hears of this turn. */
  readonly #checkpoints: Checkpoints | null;
  readonly #hangUp: HangUp;
  readonly #heartbeats: HeartbeatLine | null;
  readonly #late: LateLine | null;
  readonly #values: ValueLine;
  /** Missing but where a replay is watched step by step. */
  readonly #asked: TurnOptions["asked"];
  /** With a turn for one step that does not come to it: code may await something of its own before it. */
  readonly #patience = new Patience(UNMET_PATIENCE_MS);
  /** Null where nobody watches. */
  readonly #watch: PathWatch | null;
  readonly #trail: Trail | null;
  readonly #rest = new Rest(() => this.#atRest());
  #handlerEnd: TurnEnd | null = null;
  #end: TurnEnd | null = null;
  #tellEnd: (end: TurnEnd) => void = () => {};

  constructor(
    request: InvokeRequest,
    startedAtMs: number,
    line: CheckpointLine | null = null,
    {
      isReadOnly = false,
      hangUp,
      heartbeats = null,
      late = null,
      values = new ValueLine(null, request),
      secret,
      capturesConsole = false,
      trails,
      engineUrl = null,
      asked,
    }: TurnOptions = {},
  ) {
    const { app, engine, run, task, attempts, budget } = request;
    this.runId = run.id;
    this.tokenMaker = { app, env: engine?.environment, runId: run.id, secret, engineUrl };
    this.capturesConsole = capturesConsole;
    this.#attempts = attempts;
    this.#purpose = new Purpose(task, isReadOnly);
    this.#memo = new Memo(request.memo);
    this.#canClaim = engine?.capabilities.includes("claim") ?? false;
    this.#open = new OpenSteps(line !== null);
    // The one step that a task is for is always run.
    this.#bodies = new Bodies(this.isTask ? Number.POSITIVE_INFINITY : startedAtMs + budget.ms);
    this.#checkpoints = line && new Checkpoints(line, this.#parts);
    this.#hangUp = new HangUp(hangUp);
    this.#heartbeats = heartbeats;
    this.#late = late;
    this.#values = values;
    this.#asked = asked;
    heartbeats?.onStopped(() => this.#abandon());
    this.#trail = task.kind === "advance" && trails ? trails.of(run.id) : null;
    this.#watch = this.#trail && new PathWatch(this.#trail);
    this.joins = new Joins({
      parts: this.#parts,
      place: this.#place,
      purpose: this.#purpose,
      watch: this.#watch,
      asked,
      isOver: () => this.#end !== null,
      refuseNesting: (name) => refuseNesting(this, name),
      agree: ({ name, n }, recorded) => this.#agree({ op: "join", name, n }, recorded),
      look: () => this.#rest.look(),
    });
  }

  get #parts() {
    return {
      memo: this.#memo,
      results: this.#results,
      open: this.#open,
      news: this.#news,
      bodies: this.#bodies,
    };
  }

  /** Settled results that user code has not asked for. */
  get unclaimed(): number {
    return this.#memo.unclaimed;
  }

  /** Where it left the recorded path, when it ended suspended; null too where nobody watches. */
  get detour(): Detour | null {
    return this.#watch?.detour(this.#memo) ?? null;
  }

  /** What was reached for the first time and is not reported yet. */
  get ops(): Op[] {
    return this.#news.ops;
  }

  /** All that the answer reports. */
  get answerOps(): Op[] {
    return this.isTask ? this.#news.ops : opsOf(this.#news);
  }

  /** Whether it is there for one planned step, and not to continue the run. */
  get isTask(): boolean {
    return this.#purpose.isTask;
  }

  /** Whether a step was left out because the time for starting steps was over. */
  get isOutOfTime(): boolean {
    return this.#bodies.isOutOfTime;
  }

  /** What log lines of bodies may still take. */
  get logBudget(): LogBudget {
    return this.#news.logBudget;
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
        this.#rest.look();
      };
      handler().then(
        (value) => endWith({ kind: "returned", value }),
        (thrown) => endWith({ kind: "threw", thrown }),
      );
      this.#rest.look();
    });
  }

  /**
   * User code has reached a step. `begin` says what to do when it is new.
   * @returns what is recorded, later in this turn; else a promise that never settles.
   * @throws NonRetriableError when called from within a step's body.
   */
  ask<Value>(call: StepCall, begin: Begin): Promise<Value> {
    const { op, name, scope: group, fits } = call;
    const { scope } = this.#place;
    refuseNesting(this, name);
    if (this.#end !== null || scope.isClosed) return never();
    const problem = typeof name === "string" ? stepNameProblem(name) : "A step's name must be a string.";
    if (problem !== null) return refusal(new NonRetriableError(`Step ${shown(name)}: ${problem}`));
    const { id, n } = this.#place.next(name, group);
    scope.reached(id, call.undo !== undefined);
    const recorded = this.#memo.claim(id);
    this.#watch?.reached({ id, name, n }, recorded !== undefined);
    this.#asked?.({ id, op, name, n }, recorded !== undefined);
    this.#rest.look();
    if (recorded === undefined) {
      return this.#purpose.begins(id) ? this.#begin(begin, call, id, n) : this.#open.blocked(id, call, scope);
    }
    if (!this.#agree({ op, name, n, fits }, recorded)) return never();
    if (this.#purpose.undoes(id)) this.#undo(call, recorded);
    else if (isSettled(recorded.entry)) {
      let place: ReturnType<ResultLine["add"]>;
      const promise = quiet<Value>((resolve, reject) => {
        const agrees = (v: unknown) =>
          this.#agree({ op, name, n, fits }, { ...recorded, entry: { id, op, st: "ok", v } });
        const awaiting = { call, scope, resolve, reject };
        place = this.#results.add(recorded, awaiting, this.#elsewhere(recorded), agrees);
      });
      place!.promise = promise;
      return promise;
    }
    return this.#open.blocked(id, call, scope);
  }

  /** Whether there is an entry under this id. */
  isRecorded(id: string): boolean {
    return this.#memo.has(id);
  }

  /** Like `Place.within`. */
  within<Value>(scope: Scope, call: () => Value, calling: JoinPoint | null = null): Value {
    return this.#place.within(scope, call, calling);
  }

  /**
   * An op that is complete as it is: the engine does the rest.
   * @throws NonRetriableError when the engine would refuse it.
   */
  report(op: Op): void {
    checkOp(op);
    this.#news.add(op, this.scope);
  }

  /** Publishes the run's state. It needs no acknowledgement: a replay publishes it again. */
  publish(v: RawJson | undefined): void {
    if (this.#end !== null) return;
    refuseNesting(this, STATE_NAME);
    this.#news.state = stateOp(v);
  }

  /** Starts the body of a step, unless the time for that is over; its op is reported when it has settled. */
  start(body: () => Promise<Op | null>): void {
    const { scope } = this.#place;
    this.#bodies.start(body, (op) => {
      if (op !== null) {
        if (this.#end === null) this.#news.add(op, scope);
        else this.#late?.tellOp(op, this.attemptOf(op.id));
      }
      if (!this.#bodies.areRunning || this.#checkpoints?.areOpen) this.#rest.look();
    });
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

  /** Its body gave up because this dispatch is over, which is no failure of it: another turn runs it again. */
  leave(id: string): void {
    this.#open.leave(id);
  }

  /** The body of a step says that it lives. */
  beat(beat: Beat): void {
    this.#heartbeats?.add(beat);
  }

  /** What came of an attempt that was over by then: kept for people to see. */
  tellLate(id: string, name: string, end: LateResult["end"]): void {
    this.#late?.tell({ id, name, attempt: this.attemptOf(id), end });
  }

  /** Calls back when the engine says that this dispatch is over, or has hung up. */
  onAbandoned(tell: (reason: Error) => void): void {
    this.#hangUp.listen(tell);
  }

  /** Where the step stands that is asked for at this moment. */
  protected get scope(): Scope {
    return this.#place.scope;
  }

  #begin<Value>(begin: Begin, call: StepCall, id: string, n: number): Promise<Value> {
    try {
      const asTask = this.#ownTask(call);
      if (asTask !== null) this.report({ op: asTask, id, name: call.name, n, ...call.watch });
      const failing = asTask === null ? begin(id, n) : undefined;
      this.#watch?.began({ id, name: call.name, n }, this.#memo.unclaimed);
      return this.#open.begun(id, call, this.scope, failing ?? undefined);
    } catch (error) {
      return refusal(error);
    }
  }

  #ownTask(call: StepCall): "start" | "plan" | null {
    if (this.isTask) return null;
    const { plans } = this.#place.scope;
    return ownTask(call, { plans, hearsBeats: this.#heartbeats !== null, canClaim: this.#canClaim });
  }

  #undo(call: StepCall, recorded: Recorded): void {
    const { undo } = call;
    const { entry } = recorded;
    if (undo === undefined || entry.st !== "ok") return;
    const elsewhere = this.#elsewhere(recorded);
    const value = elsewhere === null ? readBy(call, entry.v) : undefined;
    this.start(async () => {
      if (elsewhere === null) return undo(entry.id, value);
      await elsewhere.settled;
      if (elsewhere.state === "here") return undo(entry.id, readBy(call, elsewhere.read()));
      this.#goWithout(elsewhere.state);
      return null;
    });
  }

  /** The value of a recorded result that is not in the memo; null when it is. */
  #elsewhere({ entry }: Recorded): ValueElsewhere | null {
    if (entry.st !== "ok" || entry.ref === undefined) return null;
    const elsewhere = new ValueElsewhere(this.#values, entry.ref);
    void elsewhere.settled.then(() => this.#rest.look());
    return elsewhere;
  }

  /** Code cannot go on. What is running is waited for: what it comes to is told. */
  #goWithout(state: ValueElsewhere["state"]): void {
    if (state === "stopped") this.#abandon();
    else if (state === "missing") this.#finish({ kind: "unfetched" });
  }

  /** Whether what is recorded is what the code asks for; when not, that is the turn's end. */
  #agree(asked: Parameters<typeof disagreement>[0], { entry }: Recorded): boolean {
    const end = disagreement(asked, entry);
    if (end !== null) this.#finish(end);
    return end === null;
  }

  #atRest(): void {
    if (this.#end !== null) return;
    this.#watch?.rests();
    if (this.#checkpoints?.isDue) void this.#checkpoint(this.#checkpoints);
    if (this.#handlerEnd !== null) this.#news.forgetWaits();
    const isReporting = this.#checkpoints?.isUnderWay === true;
    // A join alone is no reason to be called again.
    const hasNews = this.ops.some(({ op }) => op !== "join");
    // Null when there is nothing to hand out.
    const next = this.#handlerEnd !== null || this.#results.isEmpty ? null : this.#results.next;
    const hasStarted = this.#bodies.areRunning || hasNews || this.isOutOfTime || isReporting;
    if (this.#handlerEnd !== null && !hasStarted) {
      this.#finish(this.#handlerEnd);
    } else if (next === "stopped") {
      this.#abandon();
    } else if (next === "here") {
      this.#watch?.goesOn();
      this.#results.handOutFirst();
      this.#rest.look();
    } else if (this.#bodies.areRunning || isReporting) {
      // Each of them looks again when it is over.
    } else if (next !== null) {
      this.#goWithout(next);
    } else {
      const isBlocked = !this.#open.isEmpty || this.ops.length > 0;
      if (hasStarted || isBlocked) this.#suspend();
      else this.#watch?.isAlone();
    }
  }

  #suspend(): void {
    const look = () => this.#rest.look();
    const mayGoOn = this.#purpose.isUnmet ? this.#patience.lasts(look) : this.#watch?.waits(this.#memo, look);
    if (!mayGoOn) this.#finish({ kind: "suspended" });
  }

  async #checkpoint(checkpoints: Checkpoints): Promise<void> {
    if (await checkpoints.send(this.#handlerEnd !== null)) this.#rest.look();
    else this.#abandon();
  }

  /** The engine works with another dispatch, or the run has ended. */
  #abandon(): void {
    this.#hangUp.tellAll();
    this.#finish({ kind: "abandoned" });
  }

  #finish(end: TurnEnd): void {
    if (this.#end !== null) return;
    this.#end = end;
    this.#results.clear();
    this.#heartbeats?.close();
    this.#tellEnd(end);
  }
}
