// One turn: the handler is run from the top, settled steps answer from the memo, new ones are started and reported.
//
//   handler --asks--> settled in memo?  --yes--> resolved, in the order of the memo
//                     pending in memo?  --yes--> never resolves in this turn
//                     new               -------> op; a body starts at once; its result comes back next turn
//
// The turn ends when the handler has ended, or when everything it started has settled and it waits only for steps.
// From then on it is closed: a suspended handler may throw, catch or return what it likes; nobody listens.

import { type InvokeRequest, type MemoEntry, type Op, stepId, stepNameProblem } from "@durable/protocol/wire";
import { NonRetriableError, StepError } from "../errors.ts";
import { nextTurn } from "../runtime.ts";

interface Asked {
  readonly position: number;
  readonly settle: () => void;
}

/** What a step kind says of itself. */
export interface StepCall {
  readonly op: Op["op"];
  readonly name: string;
}

export class NondeterminismError extends Error {
  override readonly name: string = "NondeterminismError";
}

// A function asks for the same names at every turn; an id is a hash.
const ids = new Map<string, string>();
const IDS_MAX = 10_000;

function idOf(name: string, n: number): string {
  const key = `${n}:${name}`;
  let id = ids.get(key);
  if (id === undefined) {
    id = stepId("", name, n);
    if (ids.size >= IDS_MAX) ids.clear();
    ids.set(key, id);
  }
  return id;
}

/**
 * What a step that has no result yet returns. A new one each time: whoever awaits a promise hangs on it, so one shared
 * by all turns would keep every suspended handler alive for ever.
 */
function never(): Promise<never> {
  return new Promise(() => {});
}

export class Turn {
  readonly request: InvokeRequest;
  readonly ops: Op[] = [];
  /** Set when code and journal disagree: nothing else of this turn counts. */
  broken: Error | null = null;
  #closed = false;
  /** Time is up: no new body starts, but there is more to do. */
  ranOut = false;
  readonly #memo = new Map<string, { readonly entry: MemoEntry; readonly position: number }>();
  readonly #asked = new Set<string>();
  readonly #occurrences = new Map<string, number>();
  #toSettle: Asked[] = [];
  #bodies = 0;
  #activity = 0;
  #blocked = false;
  #wake: (() => void) | null = null;
  readonly #endsAtMs: number;

  constructor(request: InvokeRequest, startedAtMs: number) {
    this.request = request;
    this.#endsAtMs = startedAtMs + request.budget.ms;
    for (const [position, entry] of request.memo.entries()) this.#memo.set(entry.id, { entry, position });
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Settled results that user code has not asked for. */
  get unclaimed(): number {
    let count = 0;
    for (const [id, { entry }] of this.#memo) if (entry.st !== "pending" && !this.#asked.has(id)) count += 1;
    return count;
  }

  /** A step was reached. `begin` makes its op when it is new; what it returns resolves in a later turn. */
  ask<Value>(call: StepCall, begin: (id: string, n: number) => void): Promise<Value> {
    if (this.#closed) return never();
    const problem = stepNameProblem(call.name);
    if (problem !== null)
      return quiet(
        Promise.reject(new NonRetriableError(`step name ${JSON.stringify(call.name)}: ${problem}`)),
      );
    const n = this.#occurrences.get(call.name) ?? 0;
    this.#occurrences.set(call.name, n + 1);
    const id = idOf(call.name, n);
    this.#activity += 1;
    this.#wake?.();
    const known = this.#memo.get(id);
    if (known === undefined) {
      begin(id, n);
      return never();
    }
    if (known.entry.op !== call.op) {
      this.broken ??= new NondeterminismError(
        `step "${call.name}" (${n}) is recorded as "${known.entry.op}" and the code now asks for "${call.op}".`,
      );
      return never();
    }
    this.#asked.add(id);
    if (known.entry.st === "pending") {
      this.#blocked = true;
      return never();
    }
    return this.#answer<Value>(call.name, known.entry, known.position);
  }

  /** The op of a step that has no body here. */
  report(op: Op): void {
    this.ops.push(op);
  }

  /** Runs a body now; its op is reported when it has settled. */
  start(body: () => Promise<Op>): void {
    if (performance.now() >= this.#endsAtMs) {
      this.ranOut = true;
      return;
    }
    this.#bodies += 1;
    void body().then((op) => {
      this.#bodies -= 1;
      this.#activity += 1;
      if (!this.#closed) this.ops.push(op);
      this.#wake?.();
    });
  }

  /** Resolves when the turn is over; true when the handler has ended with nothing left to report. */
  async untilOver(handler: Promise<unknown>): Promise<boolean> {
    let ended = false;
    const noticeEnd = () => {
      ended = true;
      this.#wake?.();
    };
    handler.then(noticeEnd, noticeEnd);
    for (;;) {
      const before = this.#activity;
      await nextTurn();
      if (this.broken !== null) break;
      if (this.#bodies === 0 && this.#activity === before) {
        const reached = this.ops.length > 0 || this.#blocked || this.ranOut;
        if (ended || reached) break;
      }
      // Something is under way: a body, or a promise of the user's that is no step. Its end wakes us.
      if (this.#bodies > 0 || (!ended && this.#activity === before)) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        this.#wake = null;
      }
    }
    this.#closed = true;
    return ended && this.ops.length === 0 && !this.ranOut && this.broken === null;
  }

  /** All that were asked in one go are settled together, in the memo's order: races replay as they ran. */
  #answer<Value>(name: string, entry: MemoEntry, position: number): Promise<Value> {
    const promise = new Promise<Value>((resolve, reject) => {
      const settle = () => {
        if (entry.st === "ok") resolve(entry.v as Value);
        else if (entry.st === "err") reject(new StepError(name, entry.error));
      };
      this.#toSettle.push({ position, settle });
    });
    if (this.#toSettle.length === 1) queueMicrotask(() => this.#settleAsked());
    return quiet(promise);
  }

  #settleAsked(): void {
    const asked = this.#toSettle.sort((a, b) => a.position - b.position);
    this.#toSettle = [];
    for (const { settle } of asked) settle();
  }
}

/** A step that nobody awaits must not bring the process down when its recorded result is an error. */
function quiet<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {});
  return promise;
}
