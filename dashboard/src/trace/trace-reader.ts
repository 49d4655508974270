// One run's trace, as it comes: the first page at once, then the others one after another, and what has changed again. Outside of React, so
// that forty thousand spans are nobody's state.
import { growForest } from "./forest.ts";
import { type Page, pagesToRead, readPage, traceOf } from "./pages.ts";
import type { Loaded } from "./rows.ts";
import type { RunTime, TraceAnswer } from "./span.ts";

export interface TraceQuery {
  readonly cursor?: string;
  readonly limit: number;
  readonly time: "true" | "false";
}

export type ReadTrace = (query: TraceQuery, signal: AbortSignal) => Promise<TraceAnswer>;

export const STEPS_PER_PAGE = 500;
/** A screenful and some more: the first page is what somebody waits for. */
export const STEPS_AT_FIRST = 100;
/** Pages come faster than a person sees; rows are made anew this often at most, and of many spans less often. */
const TELL_EVERY_MS = 150;
const SPANS_PER_MS = 20;
/** What has changed is read again so soon; and where reading takes long, after a rest that is as long and longer. */
const AGAIN_MS = 40;
const REST_FACTOR = 3;
/** The partition of its time is made of the whole run: of a long one that goes on it is asked for now and then. */
const TIME_REST_FACTOR = 10;

export class TraceReader {
  readonly #read: ReadTrace;
  readonly #tell: () => void;
  #pages: Page[] = [];
  #run: TraceAnswer["run"] | null = null;
  #time: RunTime | null = null;
  /** Steps that have changed since their pages were read; null: nothing has. */
  #owed: Set<string> | null = null;
  #stop: AbortController | null = null;
  #isWorking: AbortSignal | null = null;
  #again: ReturnType<typeof setTimeout> | null = null;
  #told: ReturnType<typeof setTimeout> | null = null;
  #restUntilMs = 0;
  #timeAgain: ReturnType<typeof setTimeout> | null = null;
  #timeRestUntilMs = 0;
  loaded: Loaded | null = null;
  error: Error | null = null;
  /** What the engine's clock is ahead of this browser's. */
  clockAheadMs = 0;

  constructor(read: ReadTrace, tell: () => void) {
    this.#read = read;
    this.#tell = tell;
  }

  /** Begins, or goes on after a stop, or tries again after an error. */
  start(): void {
    if (this.#stop !== null && this.error === null) return;
    this.#stop = new AbortController();
    this.error = null;
    const isBegun = this.#pages.length > 0;
    void this.#work(this.#stop.signal);
    if (isBegun) void this.#readTime(this.#stop.signal);
  }

  stop(): void {
    this.#stop?.abort();
    this.#stop = null;
    clearTimeout(this.#again ?? undefined);
    clearTimeout(this.#timeAgain ?? undefined);
    clearTimeout(this.#told ?? undefined);
    this.#again = null;
    this.#timeAgain = null;
    this.#told = null;
  }

  /** These steps have changed, or new ones have come. */
  readAgain(steps: Iterable<string>): void {
    this.#owed ??= new Set();
    for (const step of steps) this.#owed.add(step);
    this.#again ??= setTimeout(
      () => {
        this.#again = null;
        if (this.#stop !== null) void this.#readOwed(this.#stop.signal);
      },
      Math.max(AGAIN_MS, this.#restUntilMs - performance.now()),
    );
  }

  /** One at a time: whoever finds it at work leaves it to go on. */
  async #work(signal: AbortSignal): Promise<void> {
    if (this.#isWorking === signal) return;
    this.#isWorking = signal;
    try {
      for (let last = this.#pages.at(-1); last?.next !== null; last = this.#pages.at(-1)) {
        await this.#readPage(this.#pages.length, last?.next, signal);
        this.#tellSoon(last === undefined);
        if (last === undefined) void this.#readTime(signal);
      }
    } catch (error) {
      this.#refuse(error, signal);
    }
    this.#isWorking = null;
  }

  async #readPage(at: number, cursor: string | undefined, signal: AbortSignal): Promise<void> {
    const where = cursor === undefined ? {} : { cursor };
    const limit = at === 0 ? STEPS_AT_FIRST : STEPS_PER_PAGE;
    const answer = await this.#read({ ...where, limit, time: "false" }, signal);
    signal.throwIfAborted();
    this.#run = answer.run;
    this.#pages[at] = readPage(cursor, answer);
  }

  /** By itself, and once the first rows are there: it reads the whole run. */
  async #readTime(signal: AbortSignal): Promise<void> {
    const startedMs = performance.now();
    try {
      const { run, time } = await this.#read({ limit: 1, time: "true" }, signal);
      signal.throwIfAborted();
      this.#time = time;
      if (run.end === null && time !== null) this.clockAheadMs = Date.parse(run.start) + time.ms - Date.now();
      if (this.#pages.length > 0) this.#tellSoon(true);
    } catch (error) {
      this.#refuse(error, signal);
    }
    const nowMs = performance.now();
    this.#timeRestUntilMs = nowMs + (nowMs - startedMs) * TIME_REST_FACTOR;
  }

  #readTimeSoon(signal: AbortSignal): void {
    this.#timeAgain ??= setTimeout(
      () => {
        this.#timeAgain = null;
        void this.#readTime(signal);
      },
      Math.max(0, this.#timeRestUntilMs - performance.now()),
    );
  }

  async #readOwed(signal: AbortSignal): Promise<void> {
    const owed = this.#owed;
    this.#owed = null;
    if (owed === null) return;
    const startedMs = performance.now();
    try {
      this.#readTimeSoon(signal);
      for (const at of pagesToRead(this.#pages, owed))
        await this.#readPage(at, this.#pages[at]!.cursor, signal);
      await this.#work(signal);
      this.#tellSoon(true);
    } catch (error) {
      this.#refuse(error, signal);
    }
    const nowMs = performance.now();
    this.#restUntilMs = nowMs + (nowMs - startedMs) * REST_FACTOR;
  }

  #refuse(error: unknown, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.error = error as Error;
    this.#tell();
  }

  #tellSoon(isNow: boolean): void {
    if (isNow) this.#grow();
    else
      this.#told ??= setTimeout(
        () => this.#grow(),
        Math.max(TELL_EVERY_MS, this.#spanCount() / SPANS_PER_MS),
      );
  }

  #spanCount(): number {
    return this.#pages.reduce((count, { spans }) => count + spans.length, 0);
  }

  #grow(): void {
    clearTimeout(this.#told ?? undefined);
    this.#told = null;
    const trace = traceOf({ run: this.#run!, time: this.#time }, this.#pages);
    this.loaded = { trace, forest: growForest(trace.spans) };
    this.#tell();
  }
}
