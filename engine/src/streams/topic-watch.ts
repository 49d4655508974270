import { createHash } from "node:crypto";
import { hasEnded } from "../domain/run-end.ts";
import { showWatched } from "../runs/show-watched.ts";
import { loadWatchedRuns, type RunWatched } from "../store/watched-runs.ts";
import type { FeedOptions } from "./feed-options.ts";
import { writeLine } from "./message.ts";
import type { StreamClient } from "./stream-client.ts";

/** A run that changes all the time is read no more often. */
const READ_EVERY_MS = 200;
/** One that runs is looked at again, for what steps say of themselves writes no change: so often while it says something new, */
const LOOK_AFTER_MS = 1_000;
/** and at least so often. */
const LOOK_EVERY_MS_MAX = 5_000;
/** Read in one statement. */
const PER_LOAD = 50;

/** When a run is read next. */
interface Look {
  readonly readAtMs: number;
  readonly pauseMs: number;
  /** Never while nothing changes: it waits, or is paused. */
  dueAtMs: number;
  readonly seen: string;
}

/**
 * What holders of run tokens watch: each view whole, whenever it is another. A view is named by its content, so that one who
 * comes back, to whichever process, is told nothing twice, and the name tells nothing.
 */
export class WatchTopic {
  readonly #options: FeedOptions;
  readonly #looks = new Map<string, Look>();

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /** @param isLost What has changed is not known. */
  async tell(
    watchers: readonly StreamClient[],
    changed: ReadonlySet<string>,
    isLost: boolean,
  ): Promise<void> {
    const watched = new Set(watchers.map(runOf));
    for (const [runId, look] of this.#looks) {
      if (!watched.has(runId)) this.#looks.delete(runId);
      else if (isLost || changed.has(runId))
        look.dueAtMs = Math.min(look.dueAtMs, look.readAtMs + READ_EVERY_MS);
    }
    const nowMs = this.#options.clock.monotonicMs();
    const due = [...this.#looks].flatMap(([runId, { dueAtMs }]) => (dueAtMs <= nowMs ? runId : []));
    for (let from = 0; from < due.length; from += PER_LOAD)
      await this.#look(due.slice(from, from + PER_LOAD), watchers);
  }

  /** To one who has just come. */
  async show(client: StreamClient): Promise<void> {
    await this.#look([runOf(client)], [client]);
  }

  async #look(runIds: readonly string[], watchers: readonly StreamClient[]): Promise<void> {
    const { database, workspace, clock } = this.#options;
    const readAtMs = clock.monotonicMs();
    const runs = new Map((await loadWatchedRuns(database, workspace.id, runIds)).map((run) => [run.id, run]));
    for (const runId of runIds) {
      const run = runs.get(runId);
      if (run === undefined) this.#looks.delete(runId);
      else this.#looks.set(runId, nextLook(run, readAtMs, this.#looks.get(runId)));
    }
    for (const client of watchers) {
      const runId = runOf(client);
      if (!runIds.includes(runId)) continue;
      const run = runs.get(runId);
      if (run !== undefined) tellView(client, run);
      // Gone with its time: who comes back hears so.
      if (run === undefined || hasEnded(run)) client.end();
    }
  }
}

function nextLook(run: RunWatched, readAtMs: number, before: Look | undefined): Look {
  const seen = JSON.stringify(run);
  const isSame = before?.seen === seen;
  const pauseMs = isSame ? Math.min(before.pauseMs * 2, LOOK_EVERY_MS_MAX) : LOOK_AFTER_MS;
  // That an engine has taken a run which was queued writes no change either.
  const isMoving = run.status === "queued" || run.status === "running";
  return { readAtMs, pauseMs, seen, dueAtMs: isMoving ? readAtMs + pauseMs : Number.POSITIVE_INFINITY };
}

function tellView(client: StreamClient, run: RunWatched): void {
  const text = writeLine(showWatched(run, client.topics.watched!.fields));
  client.tellView(text, createHash("sha256").update(text).digest("base64url").slice(0, 22));
}

function runOf({ topics }: StreamClient): string {
  return topics.watched!.runId;
}
