// What shapes are, without a database: the rules of docs/guides/shapes.md, as simply as they can be written. Nothing is
// kept but what happened: events, what became of each, and when runs began.
import type { Batch, Debounce, Idempotency, RateLimit, Singleton } from "@durable/protocol/wire";

/** Times are milliseconds since the beginning. Every key is a member of the event's data. */
export interface ModelFunction {
  readonly id: string;
  idempotency?: Idempotency | undefined;
  debounce?: Debounce | undefined;
  batch?: (Batch & { readonly max_bytes: number }) | undefined;
  rate_limit?: RateLimit | undefined;
  singleton?: Singleton | undefined;
}

export interface ModelEvent {
  readonly no: number;
  readonly data: Readonly<Record<string, unknown>>;
  /** Of its data. */
  readonly bytes: number;
  /** Its runs begin no earlier. */
  readonly beginMs: number | null;
}

export interface BornRun {
  readonly no: number;
  readonly fn: string;
  /** Whose run it is: of a batch the first, of a debounce the last. */
  cause: number;
  /** Of a batch all, of a debounce all that came; of another the one. */
  readonly events: number[];
  /** Null: at once. */
  beginMs: number | null;
  state: "asleep" | "begun" | "ended";
  /** It was born to take in more. */
  readonly collects: boolean;
  /** Takes in no more. */
  isClosed: boolean;
  readonly sinceMs: number;
  bytes: number;
  notBeforeMs: number | null;
}

export interface Skip {
  readonly event: number;
  readonly reason: string;
  /** Number of the run. */
  readonly run: number | null;
}

interface Admitted {
  readonly key: string;
  readonly run: BornRun;
}

const LATER_MAX_MS = 366 * 24 * 3_600_000;

export class ShapeModel {
  readonly runs: BornRun[] = [];
  readonly skips: Skip[] = [];
  /** To be cancelled after the commit. */
  cancelled: BornRun[] = [];
  nowMs = 0;
  /** What idempotency keys stand for, the latest last. */
  readonly #started: (Admitted & { readonly untilMs: number })[] = [];
  /** What collected or led, the latest last. */
  readonly #collecting: Admitted[] = [];
  readonly #leading = new Map<string, { run: BornRun; sinceMs: number; untilMs: number }>();
  readonly #starts = new Map<string, number[]>();
  readonly #paidMs = new Map<string, number>();
  readonly #holders = new Map<string, BornRun>();

  /** Answers the run it becomes, or null. */
  send(fn: ModelFunction, event: ModelEvent): BornRun | null {
    const keyOf = (kind: string, ...keys: unknown[]) =>
      JSON.stringify([fn.id, kind, ...keys.map((key) => event.data[key as string])]);
    const keysOf = (...keys: unknown[]) => keys.filter((key) => key !== undefined);
    const skip = (reason: string, run: BornRun | null, of = event.no) => {
      this.skips.push({ event: of, reason, run: run?.no ?? null });
      return null;
    };
    const once = fn.idempotency && keyOf("idempotency", fn.idempotency.key);
    const remember = (run: BornRun) => {
      if (once !== undefined)
        this.#started.push({ key: once, run, untilMs: this.nowMs + fn.idempotency!.period_ms });
    };

    const earlier = this.#started.findLast(({ key }) => key === once);
    if (earlier !== undefined && earlier.untilMs > this.nowMs) return skip("duplicate", earlier.run);

    const { debounce, batch } = fn;
    const isLeading = debounce?.edge === "leading";
    const collects = (debounce !== undefined && !isLeading) || batch !== undefined;
    const group = keyOf(batch ? "batch" : "debounce", ...keysOf(batch?.key, debounce?.key));
    if (isLeading) {
      const led = this.#leading.get(group);
      if (led !== undefined && led.untilMs > this.nowMs) {
        led.untilMs = Math.min(
          this.nowMs + debounce.period_ms,
          led.sinceMs + (debounce.max_wait_ms ?? Number.POSITIVE_INFINITY),
        );
        remember(led.run);
        return skip("debounced", led.run);
      }
    } else if (collects) {
      const open = this.#collecting.findLast(({ key }) => key === group)?.run;
      if (open?.state === "asleep" && !open.isClosed) {
        const fits = batch === undefined || open.bytes + event.bytes <= batch.max_bytes;
        if (fits) {
          this.#join(fn, open, event);
          remember(open);
          if (batch !== undefined) return skip("batched", open);
          const replaced = open.cause;
          open.cause = event.no;
          return skip("debounced", open, replaced);
        }
        open.isClosed = true;
        open.beginMs = Math.max(this.nowMs, open.notBeforeMs ?? 0);
      }
    }

    let notBeforeMs = event.beginMs;
    let pay = () => {};
    const rate = fn.rate_limit;
    if (rate !== undefined) {
      const key = keyOf("rate", ...keysOf(rate.key));
      const slotMs = this.#slot(rate, key);
      if (slotMs > this.nowMs && (rate.on_limit !== "delay" || slotMs > this.nowMs + LATER_MAX_MS))
        return skip("rate-limited", null);
      if (slotMs > this.nowMs) notBeforeMs = Math.max(notBeforeMs ?? 0, slotMs);
      pay = () => this.#pay(rate, key, slotMs);
    }

    const { singleton } = fn;
    const single = singleton && keyOf("singleton", ...keysOf(singleton.key));
    if (single !== undefined && singleton!.mode !== "queue") {
      const holder = this.#holders.get(single);
      if (holder !== undefined && holder.state !== "ended") {
        if (singleton!.mode === "skip") return skip("singleton", holder);
        this.cancelled.push(holder);
      }
    }

    pay();
    const run: BornRun = {
      no: this.runs.length,
      fn: fn.id,
      cause: event.no,
      events: [],
      beginMs: notBeforeMs,
      state: "begun",
      collects,
      isClosed: !collects,
      sinceMs: this.nowMs,
      bytes: 0,
      notBeforeMs,
    };
    this.runs.push(run);
    if (single !== undefined && singleton!.mode !== "queue") this.#holders.set(single, run);
    if (collects) {
      this.#collecting.push({ key: group, run });
      this.#join(fn, run, event);
    } else {
      run.events.push(event.no);
    }
    if (isLeading) {
      const maxMs = debounce.max_wait_ms ?? Number.POSITIVE_INFINITY;
      const untilMs = this.nowMs + Math.min(debounce.period_ms, maxMs);
      this.#leading.set(group, { run, sinceMs: this.nowMs, untilMs });
    }
    remember(run);
    return run;
  }

  #join(fn: ModelFunction, run: BornRun, event: ModelEvent): void {
    const { batch, debounce } = fn;
    run.events.push(event.no);
    run.bytes += event.bytes;
    if (event.beginMs !== null) run.notBeforeMs = Math.max(run.notBeforeMs ?? 0, event.beginMs);
    const isFull =
      batch !== undefined && (run.events.length >= batch.max_size || run.bytes >= batch.max_bytes);
    run.isClosed = isFull;
    const ends = [
      debounce && this.nowMs + debounce.period_ms,
      debounce?.max_wait_ms && run.sinceMs + debounce.max_wait_ms,
      batch && run.sinceMs + batch.max_wait_ms,
    ].filter((ms): ms is number => ms !== undefined);
    run.beginMs = Math.max(isFull ? this.nowMs : Math.min(...ends), run.notBeforeMs ?? 0);
  }

  /** When the next start is possible. */
  #slot({ limit, period_ms: periodMs, burst }: RateLimit, key: string): number {
    if (burst !== undefined) {
      const paidMs = this.#paidMs.get(key) ?? Number.NEGATIVE_INFINITY;
      return Math.max(this.nowMs, paidMs - (burst - 1) * (periodMs / limit));
    }
    // The one that must have left the window before this one comes into it.
    const starts = this.#starts.get(key) ?? [];
    const first = starts[starts.length - limit];
    return first === undefined ? this.nowMs : Math.max(this.nowMs, first + periodMs);
  }

  #pay({ limit, period_ms: periodMs, burst }: RateLimit, key: string, slotMs: number): void {
    if (burst === undefined) this.#starts.set(key, [...(this.#starts.get(key) ?? []), slotMs]);
    else this.#paidMs.set(key, Math.max(this.#paidMs.get(key) ?? 0, this.nowMs) + periodMs / limit);
  }

  /** Of a function whose rate limit allows no burst: the most starts that any window of its period has. */
  mostStarts(functionId: string, periodMs: number): number {
    const own = [...this.#starts].filter(([key]) => JSON.parse(key)[0] === functionId);
    const counts = own.flatMap(([, starts]) =>
      starts.map((from) => starts.filter((at) => at >= from && at < from + periodMs).length),
    );
    return Math.max(0, ...counts);
  }
}
