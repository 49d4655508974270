import { Outbox } from "./outbox.ts";
import type { Topics } from "./topics.ts";

/** What is told from its beginning, before what happens to it. */
export interface Unshown {
  /** Runs, and the number of the last step that is known. */
  readonly steps: ReadonlyMap<string, number>;
  /** Runs whose lines are. */
  readonly lines: ReadonlySet<string>;
  readonly counters: boolean;
  readonly watched: boolean;
}

const NOTHING: Unshown = { steps: new Map(), lines: new Set(), counters: false, watched: false };

/** One that is connected, and what it has been told. */
export class StreamClient {
  readonly sid: string;
  readonly outbox: Outbox;
  #topics: Topics;
  #unshown: Unshown;
  /** Of each run whose lines it follows: the last one that it was told. */
  readonly #linesTo: Map<string, bigint>;
  /** Of what it watches: the view that it has, by its id. */
  #view: string | null;
  readonly #closed: () => void;

  constructor(sid: string, topics: Topics, closed: () => void) {
    this.sid = sid;
    this.outbox = new Outbox(closed);
    this.#closed = closed;
    this.#topics = topics;
    this.#view = topics.watched?.knows ?? null;
    this.#linesTo = new Map([...topics.logsOf].map(([runId, line]) => [runId, BigInt(line)]));
    this.#unshown = {
      steps: topics.ofRun,
      lines: new Set(topics.logsOf.keys()),
      counters: topics.counters,
      watched: topics.watched !== null,
    };
  }

  get topics(): Topics {
    return this.#topics;
  }

  get hasUnshown(): boolean {
    const { steps, lines, counters, watched } = this.#unshown;
    return counters || watched || steps.size + lines.size > 0;
  }

  /** What is new among them is told from its beginning. */
  change(topics: Topics): void {
    const before = this.#topics;
    const still = this.#unshown;
    this.#topics = topics;
    for (const runId of this.#linesTo.keys()) if (!topics.logsOf.has(runId)) this.#linesTo.delete(runId);
    for (const [runId, line] of topics.logsOf) {
      if (!this.#linesTo.has(runId)) this.#linesTo.set(runId, BigInt(line));
    }
    this.#unshown = {
      steps: new Map([...topics.ofRun].filter(([id]) => still.steps.has(id) || !before.ofRun.has(id))),
      lines: new Set([...topics.logsOf.keys()].filter((id) => still.lines.has(id) || !before.logsOf.has(id))),
      counters: topics.counters && (still.counters || !before.counters),
      watched: false,
    };
  }

  /** Asked once; who could not tell it gives it back. */
  takeUnshown(): Unshown {
    const unshown = this.#unshown;
    this.#unshown = NOTHING;
    return unshown;
  }

  giveBackUnshown({ steps, lines, counters, watched }: Unshown): void {
    const meanwhile = this.#unshown;
    const { ofRun, logsOf } = this.#topics;
    this.#unshown = {
      steps: new Map([...steps, ...meanwhile.steps].filter(([id]) => ofRun.has(id))),
      lines: new Set([...lines, ...meanwhile.lines].filter((id) => logsOf.has(id))),
      counters: (counters || meanwhile.counters) && this.#topics.counters,
      watched,
    };
  }

  /** All up to here has been told. A view stands for itself. */
  mark(cursor: string): void {
    if (this.#topics.watched === null) this.outbox.mark(cursor);
  }

  /** Unless it has it. */
  tellView(text: string, id: string): void {
    if (id === this.#view) return;
    this.#view = id;
    this.outbox.tell(text, id);
  }

  /** There is nothing more to tell. */
  end(): void {
    this.outbox.end();
    this.#closed();
  }

  linesTo(runId: string): string {
    return String(this.#linesTo.get(runId) ?? 0n);
  }

  /** A line, by either of the two topics that name it, once. */
  tellLine(runId: string, line: string, text: string): void {
    const to = this.#linesTo.get(runId);
    if (to === undefined) {
      if (this.#topics.logs) this.outbox.tell(text);
    } else if (BigInt(line) > to) {
      this.#linesTo.set(runId, BigInt(line));
      this.outbox.tell(text);
    }
  }
}
