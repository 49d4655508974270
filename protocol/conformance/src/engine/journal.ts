// What an engine knows of a run: what has settled, in its order, and what is still open. Time is virtual: nobody sleeps.

import { type Failure, type MemoEntry, type Op, type RecordedOp, stepId } from "@durable/protocol/wire";
import type { World } from "../case.ts";

interface Open {
  readonly op: Op;
  readonly dueMs: number;
  /** What it settles as. Missing for a planned step: its task says. */
  readonly as?: MemoEntry;
}

export class Journal {
  readonly settled: MemoEntry[] = [];
  /** Of `run` steps that have settled, by id. */
  readonly names = new Map<string, string>();
  readonly attempts: Record<string, number> = {};
  readonly flaws: string[] = [];
  /** Ids of steps that can be undone, in the order in which they were done. */
  readonly compensable: string[] = [];
  /** Of all that was ever reported. */
  readonly #told = new Set<string>();
  /** Of what has settled. */
  readonly #ids = new Set<string>();
  readonly #open = new Map<string, Open>();
  /** What lost a race: pending for ever. */
  readonly #lost = new Map<string, Op>();
  readonly #folded = new Set<string>();
  readonly #world: World;
  readonly #attemptsMax: number;
  #nowMs = 0;

  constructor(world: World, attemptsMax: number) {
    this.#world = world;
    this.#attemptsMax = attemptsMax;
  }

  /** What had settled before the kit came in. */
  begin(entries: readonly MemoEntry[]): void {
    for (const each of entries) {
      this.#told.add(each.id);
      this.#ids.add(each.id);
      this.settled.push(each);
    }
  }

  /** What a request shows: settled entries in their order, and what is pending. */
  get shown(): { settled: MemoEntry[]; pending: MemoEntry[] } {
    const open = [...[...this.#open.values()].map(({ op }) => op), ...this.#lost.values()];
    return {
      settled: this.settled.filter(({ id }) => !this.#folded.has(id)),
      pending: open.map((op) => ({ id: op.id, op: recordedOp(op), st: "pending" })),
    };
  }

  /** A planned step that has to run, those that the world names first. */
  get nextTask(): Op | undefined {
    const planned = [...this.#open.values()].map(({ op }) => op).filter(isTask);
    const { order = [] } = this.#world;
    const named = order.map((name) => planned.find((op) => op.name === name)).find((op) => op !== undefined);
    return named ?? planned[0];
  }

  /**
   * All ops of an answer, of a task or of a checkpoint.
   * @param isToldTwice Whether what is recorded already may be told once more.
   */
  take(ops: readonly Op[], isToldTwice = false): void {
    this.#checkCounts(ops);
    const closing = (op: Op) => op.op === "join" || op.op === "group";
    for (const op of [...ops.filter((each) => !closing(each)), ...ops.filter(closing)]) {
      if (isToldTwice && this.#isSettled(op.id)) continue;
      const flaw = this.#flawOf(op);
      if (flaw === null) this.#takeOne(op);
      else this.flaws.push(flaw);
    }
  }

  /** The next thing that happens outside of the app; false when nothing will. */
  settleNext(): boolean {
    const waiting = [...this.#open.values()].filter(({ as }) => as !== undefined);
    const next = waiting.reduce<Open | null>(
      (first, each) => (first === null || each.dueMs < first.dueMs ? each : first),
      null,
    );
    if (next === null) return false;
    this.#nowMs = Math.max(this.#nowMs, next.dueMs);
    this.#settle(next.op, next.as!);
    return true;
  }

  /** What is due while the app is at work. */
  settleDue(): void {
    for (const { op, dueMs, as } of [...this.#open.values()]) {
      if (as !== undefined && dueMs <= this.#nowMs) this.#settle(op, as);
    }
  }

  /** The third of a name comes after the second, in every scope by itself. */
  #checkCounts(ops: readonly Op[]): void {
    for (const { id } of ops) this.#told.add(id);
    for (const { name, n, scope = "" } of ops) {
      if (n === 0 || this.#told.has(stepId(scope, name, n - 1))) continue;
      const where = scope === "" ? "outside of any branch" : `in scope ${scope}`;
      this.flaws.push(
        `"${name}" (${n}) is reported ${where}, where there is no "${name}" (${n - 1}): n counts within a scope`,
      );
    }
  }

  #takeOne(op: Op): void {
    switch (op.op) {
      case "run":
        if (op.st === "ok") this.#ran(op);
        else this.#failed(op);
        return;
      case "send":
        this.#settle(op, {
          ...entry(op),
          st: "ok",
          v: op.events.map((_, index) => `evt_${op.id}_${index}`),
        });
        return;
      case "branch":
        this.#settle(op, { ...entry(op), st: "ok", v: { taken: op.taken, cases: op.cases } });
        return;
      case "join":
        this.#close(op.losers);
        this.#settle(op, { ...entry(op), st: "ok", v: op.v });
        return;
      case "group":
        for (const id of op.folds) this.#folded.add(id);
        this.#close(op.folds);
        this.#settle(op, { ...entry(op), st: "ok", v: op.v });
        return;
      case "state":
        return;
      case "plan":
      case "start":
        this.#open.set(op.id, { op, dueMs: this.#nowMs });
        return;
      case "compensate":
        this.flaws.push(`"${op.name}" is reported as undone, and nobody asked for that`);
        return;
      default:
        this.#wait(op);
    }
  }

  #ran(op: Extract<Op, { op: "run"; st: "ok" }>): void {
    const { v } = op;
    if (op.compensate) this.compensable.push(op.id);
    this.names.set(op.id, op.name);
    this.#settle(op, { ...entry(op), st: "ok", ...(v !== undefined && { v }) });
  }

  /** Tried again, or an error for good. */
  #failed(op: Extract<Op, { op: "run"; st: "err" }>): void {
    const attempt = this.attempts[op.id] ?? 1;
    const max = op.retry_policy?.max ?? this.#attemptsMax;
    const isOnce = this.#open.get(op.id)?.op.op === "start";
    if (op.error.retry !== false && attempt < max && !isOnce) {
      this.attempts[op.id] = attempt + 1;
      return;
    }
    this.names.set(op.id, op.name);
    this.#settle(op, { ...entry(op), st: "err", error: recorded(op.error) });
  }

  #wait(op: Op): void {
    const { comes = {}, children = {} } = this.#world;
    const come = comes[op.name];
    const later = (ms: number, as: MemoEntry) => this.#open.set(op.id, { op, dueMs: this.#nowMs + ms, as });
    switch (op.op) {
      case "sleep":
        later(op.ms ?? 0, { ...entry(op), st: "ok" });
        return;
      case "invoke": {
        const child = children[op.name] ?? { v: null };
        later(
          0,
          "error" in child
            ? { ...entry(op), st: "err", error: child.error }
            : { ...entry(op), st: "ok", ...child },
        );
        return;
      }
      case "wait":
      case "signal":
        if (come === undefined) later(op.timeout_ms ?? 0, { ...entry(op), st: "ok", v: null });
        else later(come.afterMs ?? 0, { ...entry(op), st: "ok", v: come.v });
        return;
      default:
        later(0, { ...entry(op), st: "ok", v: null });
    }
  }

  #settle(op: Op, as: MemoEntry): void {
    this.#open.delete(op.id);
    this.#ids.add(op.id);
    this.settled.push(as);
  }

  #close(ids: readonly string[]): void {
    for (const id of ids) {
      const open = this.#open.get(id);
      if (open === undefined) continue;
      this.#open.delete(id);
      this.#lost.set(id, open.op);
    }
  }

  #flawOf(op: Op): string | null {
    const open = this.#open.get(op.id)?.op ?? this.#lost.get(op.id);
    if (this.#isSettled(op.id)) return `"${op.name}" (${op.n}) is reported again, and its result is recorded`;
    if (open === undefined || (isTask(open) && op.op === "run")) return null;
    return `"${op.name}" (${op.n}) is reported again as ${op.op}, and it is pending as ${open.op}`;
  }

  #isSettled(id: string): boolean {
    return this.#ids.has(id);
  }
}

function isTask({ op }: Op): boolean {
  return op === "plan" || op === "start";
}

function entry(op: Op): { id: string; op: RecordedOp } {
  return { id: op.id, op: recordedOp(op) };
}

/** What is recorded of it. */
function recordedOp(op: Op): RecordedOp {
  if (isTask(op)) return "run";
  if (op.op === "input" && op.kind === "approval") return "approval";
  return op.op === "invoke" && op.spawn ? "spawn" : op.op;
}

/** An engine keeps what the error was, not what was to be done about it. */
function recorded({ name, message, code, cause }: Failure): Failure {
  return { name, message, ...(code !== undefined && { code }), ...(cause !== undefined && { cause }) };
}
