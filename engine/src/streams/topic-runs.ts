import { showListed } from "../runs/show-run.ts";
import type { Clock } from "../runtime/ports.ts";
import { listRuns, NO_FILTER, type RunListed } from "../store/runs-listing.ts";
import type { FeedOptions } from "./feed-options.ts";
import { writePatch } from "./message.ts";
import type { StreamClient } from "./stream-client.ts";

/** Read in one statement. */
const PER_LOAD = 200;
/** Of those that are looked at again. */
const QUEUED_MAX = 200;
const LOOK_AFTER_MS = 250;
const LOOK_EVERY_MS_MAX = 60_000;

interface Queued {
  readonly told: string;
  readonly dueAtMs: number;
  readonly pauseMs: number;
}

/**
 * `runs`: every run that changed, as lists show it. A claim writes no change, for it is the hot path: a run that was told as
 * queued is looked at again after a while, until it is something else.
 */
export class RunsTopic {
  readonly #options: FeedOptions;
  readonly #clock: Clock;
  readonly #queued = new Map<string, Queued>();

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#clock = options.clock;
  }

  async tell(clients: readonly StreamClient[], changed: ReadonlySet<string>): Promise<void> {
    const nowMs = this.#clock.monotonicMs();
    const again = [...this.#queued].flatMap(([id, { dueAtMs }]) =>
      dueAtMs <= nowMs && !changed.has(id) ? id : [],
    );
    for await (const run of this.#load([...changed, ...again])) {
      const isOther = this.#remember(run, nowMs);
      if (isOther || changed.has(run.id)) tellRun(clients, run);
    }
  }

  /** To one who has missed them. */
  async show(client: StreamClient, changed: ReadonlySet<string>): Promise<void> {
    for await (const run of this.#load([...changed])) tellRun([client], run);
  }

  async *#load(runIds: readonly string[]): AsyncGenerator<RunListed> {
    const { database, workspace } = this.#options;
    for (let from = 0; from < runIds.length; from += PER_LOAD) {
      const ids = runIds.slice(from, from + PER_LOAD);
      const all = { ...NO_FILTER, before: null, limit: ids.length };
      yield* await listRuns(database, workspace.id, { ...all, ids });
    }
  }

  /** Whether it is another than it was told as. */
  #remember(run: RunListed, nowMs: number): boolean {
    const before = this.#queued.get(run.id);
    this.#queued.delete(run.id);
    if (run.status !== "queued") return true;
    const told = JSON.stringify(run.wait);
    const isSame = before?.told === told;
    const pauseMs = isSame ? Math.min(before.pauseMs * 2, LOOK_EVERY_MS_MAX) : LOOK_AFTER_MS;
    if (this.#queued.size < QUEUED_MAX) this.#queued.set(run.id, { told, pauseMs, dueAtMs: nowMs + pauseMs });
    return !isSame;
  }
}

function tellRun(clients: readonly StreamClient[], run: RunListed): void {
  const text = writePatch({ topic: "runs", kind: "run", id: run.id, rev: run.rev, patch: showListed(run) });
  for (const client of clients) client.outbox.tell(text);
}
