// Tells a collector of each run that has ended, off every path that runs take. What ended is noted as rows, from the log of what was
// committed; a row goes when the collector has its spans. Whoever dies in between leaves the row to the next, so a collector may
// get a run twice, with the same ids, and never misses one that is young enough.

import { runSpans } from "../domain/run-spans.ts";
import { isSampled, traceIdOf } from "../domain/trace-context.ts";
import type { CollectorClient, CollectorEnd } from "../endpoint/collector-client.ts";
import { otlpTraces, type Teller, type TraceOf } from "../observability/otlp.ts";
import type { ExportFigures } from "../observability/process-metrics.ts";
import type { NextRound } from "../runtime/loop.ts";
import { isConflict, isConnectionLoss, isEnded, isServerTrouble } from "../store/database.ts";
import { loadRecorded } from "../store/recorded-runs.ts";
import {
  claimEndedRuns,
  clearEndedRuns,
  type EndedRun,
  letGoOfEndedRuns,
  noteEndedRuns,
} from "../store/telemetry.ts";
import { type PollingOptions, PollingService } from "./polling-service.ts";

export interface SpanExporterOptions extends PollingOptions {
  readonly collector: Pick<CollectorClient, "send" | "close">;
  readonly teller: Teller;
}

const PAUSE_MS = 2_000;
const BATCH = 20;
/** An engine that dies with some in its hands keeps them from the others for so long. */
const LEASE_MS = 30_000;
/** About 500 KB. */
const SPANS_PER_REQUEST = 1_000;
/** What waits for a collector that does not answer. */
const ROWS_MAX = 100_000;
const KEPT_HOURS = 24;
const RETRY_MS_MAX = 60_000;

class CollectorFailed extends Error {
  readonly end: Extract<CollectorEnd, { kind: "failed" }>;

  constructor(end: Extract<CollectorEnd, { kind: "failed" }>) {
    super(end.detail);
    this.end = end;
  }
}

export class SpanExporter extends PollingService<SpanExporterOptions> {
  readonly count: { -readonly [Each in keyof ExportFigures]: number } = {
    runs: 0,
    spans: 0,
    failures: 0,
    droppedRuns: 0,
    rejectedSpans: 0,
  };
  /** Requests in a row that failed. */
  #failing = 0;

  constructor(options: SpanExporterOptions) {
    super(options, {
      name: "span-exporter",
      failed: "telling a collector of runs failed",
      pauseMs: PAUSE_MS,
    });
  }

  override async stop(): Promise<void> {
    const stopped = super.stop();
    await this.options.collector.close();
    await stopped;
  }

  protected async round(): Promise<NextRound> {
    const { database, log } = this.options;
    const { dropped, isLost } = await noteEndedRuns(database, ROWS_MAX, KEPT_HOURS);
    this.count.droppedRuns += dropped;
    if (dropped > 0) log.warn({ runs: dropped }, "runs are too old or too many to be told to the collector");
    if (isLost)
      log.warn("runs that ended long ago are not told to the collector: nobody had noted them in time");
    const claimed = await claimEndedRuns(database, BATCH, LEASE_MS);
    try {
      await this.#tell(claimed);
    } catch (error) {
      await letGoOfEndedRuns(database, claimed);
      if (error instanceof CollectorFailed) return this.#later(error.end);
      throw error;
    }
    return claimed.length === BATCH ? "again" : "later";
  }

  /** As many in one request as it takes; each is cleared when the collector has all of it. */
  async #tell(claimed: readonly EndedRun[]): Promise<void> {
    let told: EndedRun[] = [];
    let traces: TraceOf[] = [];
    for (const [index, run] of claimed.entries()) {
      const trace = await this.#traceOf(run);
      told.push(run);
      if (trace !== null) traces.push(trace);
      const spans = traces.reduce((count, each) => count + each.spans.length, 0);
      if (spans < SPANS_PER_REQUEST && index < claimed.length - 1) continue;
      for (const request of requestsOf(traces)) await this.#send(request);
      await clearEndedRuns(this.options.database, told);
      this.count.runs += traces.length;
      told = [];
      traces = [];
    }
  }

  /** Null for one that is gone, that nobody wants to see, or that cannot be told: others stand behind it. */
  async #traceOf(ended: EndedRun): Promise<TraceOf | null> {
    const { database, log } = this.options;
    try {
      const run = await loadRecorded(database, ended);
      if (run === null || !isSampled(run)) return null;
      return { traceId: traceIdOf({ ...run, runId: run.id }), spans: runSpans(run, ended) };
    } catch (error) {
      if (isConnectionLoss(error) || isConflict(error) || isServerTrouble(error) || isEnded(error))
        throw error;
      this.count.droppedRuns += 1;
      log.error({ err: error, runId: ended.runId }, "a run cannot be told to the collector");
      return null;
    }
  }

  /** One that it refuses is halved until what is wrong with it stands alone, and that is given up. */
  async #send(traces: readonly TraceOf[]): Promise<void> {
    const { collector, teller, log } = this.options;
    const spans = traces.reduce((count, each) => count + each.spans.length, 0);
    const end = await collector.send(otlpTraces(teller, traces));
    if (end.kind === "failed") throw new CollectorFailed(end);
    if (this.#failing > 0) log.info("the collector takes spans again");
    this.#failing = 0;
    if (end.kind === "taken") {
      this.count.spans += spans - end.rejected;
      this.count.rejectedSpans += end.rejected;
      if (end.rejected > 0)
        log.warn({ spans: end.rejected, detail: end.detail }, "the collector rejects spans");
    } else if (traces.length > 1) {
      const half = traces.length >> 1;
      await this.#send(traces.slice(0, half));
      await this.#send(traces.slice(half));
    } else {
      this.count.rejectedSpans += spans;
      log.warn({ spans, detail: end.detail }, "the collector refuses a run");
    }
  }

  /** Said once, and again when it is over. */
  #later({ detail, retryAfterMs }: Extract<CollectorEnd, { kind: "failed" }>): NextRound {
    const { log } = this.options;
    this.count.failures += 1;
    if (this.#failing === 0)
      log.warn({ detail }, "the collector takes no spans; they are kept and told later");
    const pauseMs = Math.min(PAUSE_MS * 2 ** this.#failing, RETRY_MS_MAX);
    this.#failing += 1;
    return { inMs: Math.max(pauseMs, retryAfterMs) };
  }
}

/** A run that is larger than a request goes in several. */
function requestsOf(traces: readonly TraceOf[]): TraceOf[][] {
  const requests: TraceOf[][] = [];
  let room = 0;
  for (const { traceId, spans } of traces) {
    for (let at = 0; at < spans.length; at += SPANS_PER_REQUEST) {
      const piece = spans.slice(at, at + SPANS_PER_REQUEST);
      if (piece.length > room) {
        requests.push([]);
        room = SPANS_PER_REQUEST;
      }
      requests.at(-1)!.push({ traceId, spans: piece });
      room -= piece.length;
    }
  }
  return requests;
}
