import { showRun } from "../runs/show-run.ts";
import { loadRun, type RunStored } from "../store/runs-listing-detail.ts";
import type { FeedOptions } from "./feed-options.ts";
import { writePatch } from "./message.ts";
import type { StreamClient } from "./stream-client.ts";

/** Of one run, told at once. Who wants more reads the run, and follows it from there. */
const STEPS_AT_ONCE_MAX = 2_000;

interface Told {
  /** Steps up to here are settled and were told. */
  seq: number;
  /** Those that are not, as they were told last. */
  readonly open: Map<string, string>;
}

/** `run:{id}`: the run with all but its steps, and of these the ones that changed. */
export class RunTopic {
  readonly #options: FeedOptions;
  readonly #told = new Map<string, Told>();

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /** Those of its steps that are settled after `seq`, and those that are not settled. */
  async show(client: StreamClient, runId: string, seq: number): Promise<void> {
    const { database, workspace } = this.#options;
    const run = await loadRun(database, workspace.id, runId, { afterSeq: seq });
    // Of an id that is none here nothing is ever told.
    if (run === null) return;
    if (!this.#told.has(runId)) this.#told.set(runId, { seq: lastSeq(run, seq), open: new Map() });
    if (run.steps.length > STEPS_AT_ONCE_MAX) client.outbox.reset("long", `run:${runId}`);
    else client.outbox.tell(this.#write(run));
  }

  /** To everybody who is connected. */
  async tell(clients: readonly StreamClient[], changed: ReadonlySet<string>): Promise<void> {
    for (const runId of this.#told.keys()) {
      if (!clients.some(({ topics }) => topics.ofRun.has(runId))) this.#told.delete(runId);
    }
    const { database, workspace } = this.#options;
    for (const runId of changed) {
      const told = this.#told.get(runId);
      if (told === undefined) continue;
      const run = await loadRun(database, workspace.id, runId, { afterSeq: told.seq });
      if (run === null) continue;
      const steps = run.steps.filter((step) => {
        const text = step.seq === null ? JSON.stringify(step) : null;
        const isNews = text === null || told.open.get(step.id) !== text;
        if (text === null) told.open.delete(step.id);
        else told.open.set(step.id, text);
        return isNews;
      });
      told.seq = lastSeq(run, told.seq);
      const text = this.#write({ ...run, steps });
      for (const client of clients) if (client.topics.ofRun.has(runId)) client.outbox.tell(text);
    }
  }

  #write(run: RunStored): string {
    const { app, environment } = this.#options.workspace;
    const patch = showRun(run, { app, environment });
    return writePatch({ topic: `run:${run.id}`, kind: "run", id: run.id, rev: run.rev, patch });
  }
}

function lastSeq({ steps }: RunStored, seq: number): number {
  return steps.reduce((last, step) => Math.max(last, step.seq ?? 0), seq);
}
