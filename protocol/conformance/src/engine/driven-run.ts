// A run whose journal the kit keeps: what each request shows of it, and what the app is answered when it calls.

import { createHash } from "node:crypto";
import { type MemoEntry, type Op, RawJson, type RunEvent, writeJson } from "@durable/protocol/wire";
import type { CallbackKind, CallbackReply } from "../case.ts";
import type { Mutation } from "../mutations.ts";
import type { Tape } from "../tape.ts";
import { type InvokeMessage, invokeMessage, newFence, newRunId } from "./invoke-message.ts";
import type { Journal } from "./journal.ts";
import type { ServedRun } from "./served-run.ts";

/** What engines of today offer. */
const OFFERS = ["checkpoint", "claim", "heartbeat", "late"];
/** On a request that stays open so many checkpoints are answered; then its body ends. */
const ANSWERED_ON_ONE = 3;

/** The last checkpoint of the dispatch that holds the lease. */
interface Told {
  readonly seq: number;
  readonly known: number;
  /** Of its body and of its answer. */
  readonly body: string;
  readonly reply: unknown;
}

const NOTHING_TOLD: Told = { seq: 0, known: 0, body: "", reply: null };

export type TaskOf =
  | { readonly kind: "advance" }
  | { readonly kind: "step" | "compensate"; readonly step: string };

export class DrivenRun implements ServedRun {
  readonly id = newRunId();
  readonly ran: string[] = [];
  readonly flaws: string[] = [];
  readonly tape: Tape;
  readonly #journal: Journal;
  readonly #event: RunEvent;
  readonly #mutation: Mutation["name"] | null;
  readonly #budgetSteps: number;
  readonly #blobs = new Map<string, string>();
  #fence = "";
  /** Entries that come by pages. */
  #rest: readonly MemoEntry[] = [];
  #told: Told = NOTHING_TOLD;

  constructor(
    journal: Journal,
    eventOf: (runId: string) => RunEvent,
    tape: Tape,
    { mutation, budgetSteps }: { mutation: Mutation["name"] | null; budgetSteps: number },
  ) {
    this.#journal = journal;
    this.#event = eventOf(this.id);
    this.tape = tape;
    this.#mutation = mutation;
    this.#budgetSteps = budgetSteps;
  }

  /** The next request. Whatever was asked with the fence before it is refused from now on. */
  request(task: TaskOf, runAttempt: number): InvokeMessage {
    const { settled, pending } = this.#journal.shown;
    const memo = settled.map((each) => this.#asShown(each));
    const isPaged = this.#mutation === "pages" && memo.length > 1;
    const usual = invokeMessage(this.id, this.#shownEvent());
    this.#fence = newFence();
    this.#told = { ...NOTHING_TOLD, known: this.#journal.settled.length };
    this.#rest = isPaged ? memo.slice(1) : [];
    const isPlain = this.#mutation === "one-step" || this.#mutation === "twice";
    return {
      ...usual,
      run: { ...usual.run, ...(runAttempt > 1 && { attempt: runAttempt }) },
      task: { ...task, fence: this.#fence },
      // A step is pending in every memo but that of its own task.
      memo: [
        ...(isPaged ? memo.slice(0, 1) : memo),
        ...pending.filter(({ id }) => task.kind === "advance" || id !== task.step),
      ],
      memo_next: isPaged ? "0" : null,
      attempts: { ...this.#journal.attempts },
      budget: { ms: 25_000, steps: isPlain ? 1 : this.#budgetSteps },
      known: this.#journal.settled.length,
      // Two requests that are the same would tell checkpoints of the same numbers.
      engine: {
        ...usual.engine,
        capabilities: isPlain ? [] : OFFERS.filter((each) => !this.isOpen || each !== "checkpoint"),
      },
    };
  }

  /** Whether what is told before an answer comes on the request itself. */
  get isOpen(): boolean {
    return this.#mutation === "open";
  }

  /** What the answer to a dispatch must say of its checkpoints: nothing, where they came on the same request. */
  get told(): { seq: number; known: number } | undefined {
    const { seq, known } = this.#told;
    return seq === 0 || this.isOpen ? undefined : { seq, known };
  }

  /** A checkpoint on the request that is open. */
  takeLine(message: Record<string, unknown>): CallbackReply {
    if (message["fence"] !== this.#fence) this.flaws.push("a checkpoint has another fence than its request");
    if (this.#told.seq === ANSWERED_ON_ONE) return { ends: true };
    return this.#checkpoint(message as unknown as { seq: number; known: number; ops?: Op[] });
  }

  answer(what: CallbackKind, message: Record<string, unknown>): CallbackReply {
    if (message["fence"] !== this.#fence) return { status: 409, code: "stale-fence" };
    switch (what) {
      case "memo":
        return this.#page(String(message["next"]));
      case "blob": {
        const text = this.#blobs.get(String(message["ref"]));
        return text === undefined ? { status: 404, code: "not-found" } : { text };
      }
      case "checkpoint":
        return this.#checkpoint(message as unknown as { seq: number; known: number; ops?: Op[] });
      case "heartbeat":
      case "late":
        return { json: {} };
    }
  }

  #page(next: string): CallbackReply {
    const index = Number(next);
    const entry = this.#rest[index];
    if (entry === undefined) return { status: 404, code: "not-found" };
    return { json: { memo: [entry], memo_next: index + 1 < this.#rest.length ? String(index + 1) : null } };
  }

  #checkpoint(message: { seq: number; known: number; ops?: Op[] }): CallbackReply {
    const { seq, known, ops = [] } = message;
    const body = writeJson(message);
    if (seq === this.#told.seq && body === this.#told.body) return { json: this.#told.reply };
    if (seq !== this.#told.seq + 1 || known !== this.#told.known) {
      this.flaws.push(
        `checkpoint ${seq}, which knows ${known}, came after checkpoint ${this.#told.seq}, whose answer told ${this.#told.known}`,
      );
      return { status: 422, code: "invalid-checkpoint" };
    }
    this.#journal.settleDue();
    this.#journal.take(ops);
    const own = new Set(ops.filter(({ op }) => op === "run" || op === "group").map(({ id }) => id));
    const memo = this.#journal.settled.slice(known).map((entry) => {
      if (entry.st !== "ok" || !own.has(entry.id)) return entry;
      return { id: entry.id, op: entry.op, st: entry.st };
    });
    const reply = { seq, known: this.#journal.settled.length, memo, yield: false };
    this.#told = { seq, known: reply.known, body, reply };
    return { json: reply };
  }

  #asShown(entry: MemoEntry): MemoEntry {
    if (this.#mutation !== "refs" || entry.st !== "ok" || entry.v === undefined) return entry;
    const { v, ...rest } = entry;
    return { ...rest, ref: this.#keep(v) };
  }

  #shownEvent(): RunEvent {
    if (this.#mutation !== "refs") return this.#event;
    const { data, ...rest } = this.#event;
    return { ...rest, ref: this.#keep(data) };
  }

  #keep(value: unknown): { id: string; bytes: number; sha256: string } {
    const text = value instanceof RawJson ? value.text : writeJson(value);
    const sha256 = createHash("sha256").update(text).digest("hex");
    const id = `blob_${sha256.slice(0, 16)}`;
    this.#blobs.set(id, text);
    return { id, bytes: Buffer.byteLength(text), sha256 };
  }
}
