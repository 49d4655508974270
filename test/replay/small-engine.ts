// An engine in memory: keeps what answers and checkpoints say, and settles what is pending in an order of its own.

import {
  type Answer,
  type CheckpointRequest,
  type InvokeRequest,
  type MemoEntry,
  type Op,
  RawJson,
  type Task,
} from "@durable/protocol/wire";
import { executeFunction } from "../../sdk-ts/src/execution/execute-function.ts";
import { Trails } from "../../sdk-ts/src/execution/trails.ts";
import type { DispatchConnection, EngineReply } from "../../sdk-ts/src/http/dispatch-connection.ts";
import { createFunction, type DurableFunction } from "../../sdk-ts/src/index.ts";
import { has, type Program, play, soon } from "./program.ts";

export interface SmallEngineOptions {
  /** What the world does: below 1, the next number of a row. */
  readonly chance: () => number;
  /** Handlers report while they go on, over a line that loses checkpoints and their answers. */
  readonly checkpoints?: boolean;
  /** The app watches whether a replay keeps to the recorded path: how long it waits before it says that one does not. */
  readonly patienceMs?: number | undefined;
}

/** The last checkpoint of the dispatch that holds the lease. */
interface Last {
  readonly fence: string;
  readonly seq: number;
  readonly body: string;
  /** Head of the journal after it. */
  readonly known: number;
}

const SILENCE: EngineReply = { kind: "silence" };
const TRIES = 3;
const SETTLES_AT_ONCE: ReadonlySet<string> = new Set(["run", "send", "branch", "join", "group", "state"]);

export class SmallEngine {
  /** What has settled, in its order. */
  readonly journal: MemoEntry[] = [];
  readonly pending: Op[] = [];
  /** What lost a race: shown as pending for ever. */
  readonly cancelled: Op[] = [];
  readonly ran: string[] = [];
  /** Bodies that ran although their result was recorded when their dispatch began. */
  readonly doubled: string[] = [];
  checkpoints = 0;
  /** The names of the steps that it was told of, by id. */
  readonly names = new Map<string, string>();
  /** What the deployed code does. */
  program: Program;
  fn: DurableFunction;
  readonly #options: SmallEngineOptions;
  readonly #trails: Trails;
  /** By group, the steps that it stands for. */
  readonly #folds = new Map<string, readonly string[]>();
  #last: Last = { fence: "", seq: 0, body: "", known: 0 };
  #fences = 0;

  constructor(program: Program, options: SmallEngineOptions = { chance: () => 0.99 }) {
    this.#options = options;
    this.#trails = new Trails(options.patienceMs);
    this.program = program;
    this.fn = createFunction({
      id: "model",
      trigger: { event: "start" },
      handler: async ({ step }) => ({ result: await play(this.program, step, (key) => this.#note(key)) }),
    });
  }

  /** What a dispatch shows of so many entries: a group instead of what it stands for. */
  memo(length = this.journal.length): MemoEntry[] {
    const shown = this.journal.slice(0, length);
    const folded = new Set(shown.flatMap(({ id }) => this.#folds.get(id) ?? []));
    return shown.filter(({ id }) => !folded.has(id));
  }

  /** A dispatch, as it would be with this memo. */
  async call(
    memo: readonly MemoEntry[] = this.memo(),
    pending: readonly Op[] = this.pending,
    task: "advance" | { readonly step: string } = "advance",
  ): Promise<Answer> {
    const { chance, checkpoints } = this.#options;
    this.#fences += 1;
    const fence = `f${this.#fences}`;
    const open = [...pending, ...this.cancelled].map(
      (op) => ({ id: op.id, op: recordedOp(op), st: "pending" }) as MemoEntry,
    );
    const isAdvance = task === "advance";
    if (isAdvance) this.#last = { fence, seq: 0, body: "", known: this.journal.length };
    const request: InvokeRequest = {
      type: "invoke",
      app: "app",
      fn: "model",
      run: { id: "run-1", started_at: "2026-01-01T00:00:00.000Z" },
      task: isAdvance ? { kind: "advance", fence } : ({ kind: "step", step: task.step, fence } as Task),
      input: { event: { id: "e", name: "start", data: null, time: "2026-01-01T00:00:00.000Z" } },
      memo: [...memo, ...open],
      // A long memo is not sent again if that can be helped: such a run reports from its first step on.
      memo_next: checkpoints && chance() < 0.7 ? "a page" : null,
      known: this.journal.length,
      attempts: {},
      budget: { ms: 60_000, steps: 1 },
      engine: { environment: "dev", capabilities: ["checkpoint", "claim"] },
    };
    const connection = checkpoints && isAdvance ? this.#line() : null;
    return executeFunction(this.fn, request, connection, { trails: this.#trails });
  }

  /** One op of an answer, or of a checkpoint. */
  take(op: Op): void {
    this.names.set(op.id, op.name);
    if (op.op === "run" && op.st === "ok") this.#settled(op, (op.v as RawJson | undefined)?.text);
    else if (op.op === "run" && op.st === "err")
      this.#record({ id: op.id, op: "run", st: "err", error: op.error });
    else if (op.op === "send") this.#settled(op, JSON.stringify(op.events.map((_, i) => `event-${i}`)));
    else if (op.op === "branch") this.#settled(op, JSON.stringify({ taken: op.taken, cases: op.cases }));
    else if (op.op === "group") {
      this.#folds.set(op.id, op.folds);
      this.#settled(op, (op.v as RawJson).text);
      this.#cancel(op.folds);
    } else if (op.op === "join") {
      this.#settled(op, JSON.stringify(op.v));
      this.#cancel(op.losers);
    } else if (op.op !== "state") {
      if (this.#isKnown(op.id)) throw new Error(`${op.op} "${op.name}" is reported twice`);
      this.pending.push(op);
    }
  }

  /** All that an answer says, in any order, but for what closes steps: they may be in the same answer. */
  takeAnswer(answer: Extract<Answer, { ops: Op[] }>): void {
    const { chance } = this.#options;
    // What a checkpoint brought whose answer got lost is said again.
    const isNew = ({ id }: Op) => answer.checkpoint === undefined || !this.#isKnown(id);
    const isLast = ({ op }: Op) => op === "join" || op === "group";
    const ops = answer.ops.filter((op) => !isLast(op) && isNew(op));
    while (ops.length > 0) this.take(ops.splice(Math.floor(chance() * ops.length), 1)[0]!);
    for (const op of answer.ops) if (isLast(op) && isNew(op)) this.take(op);
  }

  async settle(index: number): Promise<void> {
    const [op] = this.pending.splice(index % this.pending.length, 1) as [Op];
    if (op.op !== "plan" && op.op !== "start") return this.#settleWaiting(op);
    if (op.op === "start" && this.#options.chance() < 0.2) {
      const error = { name: "StepInterruptedError", message: "nobody knows", code: "interrupted" };
      return this.#record({ id: op.id, op: "run", st: "err", error });
    }
    const answer = await this.call(this.memo(), this.pending, { step: op.id });
    if (answer.status !== "continue" || answer.ops.length !== 1) throw new Error(JSON.stringify(answer));
    this.take(answer.ops[0]!);
  }

  #settleWaiting(op: Op): void {
    if (op.op === "wait") this.#settled(op, '{"id":"x","name":"told","data":null,"time":"t"}');
    else if (op.op === "input") this.#settled(op, '{"value":{"approved":true},"by":"ann","at":"t"}');
    else this.#settled(op, undefined);
  }

  #settled(op: Op, text: string | undefined): void {
    const value = text === undefined ? {} : { v: JSON.parse(text) };
    this.#record({ id: op.id, op: recordedOp(op), st: "ok", ...value } as MemoEntry);
  }

  #record(entry: MemoEntry): void {
    if (this.journal.some(({ id }) => id === entry.id)) throw new Error(`${entry.op} is recorded twice`);
    this.journal.push(entry);
  }

  #cancel(ids: readonly string[]): void {
    const lost = this.pending.filter(({ id }) => ids.includes(id));
    for (const op of lost) this.cancelled.push(...this.pending.splice(this.pending.indexOf(op), 1));
  }

  #isKnown(id: string): boolean {
    return [...this.journal, ...this.pending, ...this.cancelled].some((each) => each.id === id);
  }

  async #note(key: string): Promise<void> {
    this.ran.push(key);
    const id = key.slice(key.indexOf("/") + 1);
    if (this.journal.some((entry) => entry.id === id)) this.doubled.push(key);
    // Beside what is no step, bodies take their time: else no turn would wait for it.
    if (has("own")(this.program)) await soon(Math.floor(Math.random() * 6));
  }

  #line(): DispatchConnection {
    const post = async (_: string, body: string) => this.#receive(body);
    const insist = async (_: string, body: string) => {
      for (let no = 1; no < TRIES; no += 1) {
        const reply = this.#receive(body);
        if (reply.kind !== "silence") return reply;
      }
      return this.#receive(body);
    };
    return { post, insist, giveUp() {} } as unknown as DispatchConnection;
  }

  /** A checkpoint on its way: lost, refused, taken with its answer lost, or taken. */
  #receive(body: string): EngineReply {
    const dice = this.#options.chance();
    if (dice < 0.1) return SILENCE;
    if (dice < 0.15) return { kind: "problem", status: 422, code: "refused" };
    // The lease has gone elsewhere.
    if (dice < 0.2) this.#last = { ...this.#last, fence: "another" };
    const reply = this.#checkpoint(JSON.parse(body) as CheckpointRequest, body);
    return dice < 0.35 ? SILENCE : reply;
  }

  #checkpoint({ fence, seq, known, ops = [] }: CheckpointRequest, body: string): EngineReply {
    if (fence !== this.#last.fence) return { kind: "problem", status: 409, code: "stale-fence" };
    if (seq === this.#last.seq) {
      if (body !== this.#last.body) throw new Error(`checkpoint ${seq} comes with another body`);
    } else {
      if (seq !== this.#last.seq + 1) throw new Error(`checkpoint ${seq} comes after ${this.#last.seq}`);
      this.#settleMaybe();
      for (const op of ops) this.take(withRawValue(op));
      this.#settleMaybe();
      this.checkpoints += 1;
      this.#last = { fence, seq, body, known: this.journal.length };
    }
    const own = new Set(ops.filter(({ op }) => op === "run" || op === "group").map(({ id }) => id));
    const memo = this.journal.slice(known, this.#last.known).map((entry) => {
      if (entry.st !== "ok" || !own.has(entry.id)) return entry;
      return { id: entry.id, op: entry.op, st: entry.st };
    });
    const answer = { seq, known: this.#last.known, memo, yield: this.#options.chance() < 0.1 };
    return { kind: "answer", body: new TextEncoder().encode(JSON.stringify(answer)) };
  }

  /** Something else settles beside the handler. */
  #settleMaybe(): void {
    const { chance } = this.#options;
    const waiting = this.pending.filter(
      ({ op }) => !SETTLES_AT_ONCE.has(op) && op !== "plan" && op !== "start",
    );
    if (waiting.length === 0 || chance() < 0.5) return;
    const op = waiting[Math.floor(chance() * waiting.length)]!;
    this.pending.splice(this.pending.indexOf(op), 1);
    this.#settleWaiting(op);
  }
}

/** What is recorded of it. */
function recordedOp(op: Op): MemoEntry["op"] {
  if (op.op === "plan" || op.op === "start") return "run";
  return op.op === "input" && op.kind === "approval" ? "approval" : op.op;
}

/** As an answer has it, which is not parsed. */
function withRawValue(op: Op): Op {
  return "v" in op && op.op !== "join" ? ({ ...op, v: new RawJson(JSON.stringify(op.v)) } as Op) : op;
}

/** Calls until the end. `chance` decides what the world does between two calls. */
export async function runToEnd(
  engine: SmallEngine,
  chance: () => number,
): Promise<{ output: string; calls: number }> {
  for (let calls = 1; calls <= 500; calls += 1) {
    const answer = await engine.call();
    if (answer.status === "done") return { output: (answer.output as RawJson).text, calls };
    if (answer.status === "abandoned") continue;
    if (answer.status !== "continue") throw new Error(JSON.stringify(answer));
    if (answer.detour !== undefined) throw new Error(`A detour: ${JSON.stringify(answer.detour)}`);
    if (chance() < 0.2) continue; // the answer is lost
    engine.takeAnswer(answer);
    const isStill = answer.ops.length === 0 && answer.more !== true;
    if (isStill && engine.pending.length === 0) throw new Error("The run stands still.");
    if (engine.pending.length > 0 && (answer.ops.length === 0 || chance() < 0.5)) {
      await engine.settle(Math.floor(chance() * 1_000));
    }
  }
  throw new Error("The run does not end.");
}

export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
