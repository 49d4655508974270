import type { Change, ChangesRead } from "../store/changes.ts";
import type { FeedOptions } from "./feed-options.ts";
import type { StreamClient } from "./stream-client.ts";
import { CountersTopic } from "./topic-counters.ts";
import { LogsTopic } from "./topic-logs.ts";
import { tellNotices } from "./topic-notices.ts";
import { RunTopic } from "./topic-run.ts";
import { RunsTopic } from "./topic-runs.ts";
import { WatchTopic } from "./topic-watch.ts";

/** What one read brought for a workspace. */
export interface News extends Pick<ChangesRead, "lost"> {
  readonly changes: readonly Change[];
  readonly cursor: string;
  readonly rev: number;
}

/** Who is connected for one workspace. What has changed in it is read once, whoever hears of it. */
export class WorkspaceFeed {
  readonly clients = new Set<StreamClient>();
  readonly #runs: RunsTopic;
  readonly #run: RunTopic;
  readonly #logs: LogsTopic;
  readonly #counters: CountersTopic;
  readonly #watch: WatchTopic;
  /** Changes that were read and not told to all: something has failed. */
  #owed: readonly Change[] = [];

  constructor(options: FeedOptions) {
    this.#runs = new RunsTopic(options);
    this.#run = new RunTopic(options);
    this.#logs = new LogsTopic(options);
    this.#counters = new CountersTopic(options);
    this.#watch = new WatchTopic(options);
  }

  /** Tells everybody who is connected. When it fails, the next call tells these as well. */
  async tell({ changes, lost, cursor, rev }: News): Promise<void> {
    if (lost !== null) {
      this.#owed = [];
      for (const client of this.clients) if (client.topics.watched === null) client.outbox.reset(lost);
    }
    const owed = [...this.#owed, ...changes];
    this.#owed = owed;
    const changed = runsOf(owed);
    const clients = [...this.clients];
    const lists = clients.filter(({ topics }) => topics.runs);
    if (lists.length > 0) await this.#runs.tell(lists, changed);
    await this.#run.tell(clients, changed);
    const counting = clients.filter(({ topics }) => topics.counters);
    if (counting.length > 0) await this.#counters.tell(counting, changed.size > 0);
    const watchers = clients.filter(({ topics }) => topics.watched !== null);
    if (watchers.length > 0) await this.#watch.tell(watchers, changed, lost !== null);
    // Last: a line that is told twice is a line too many, and after it nothing fails.
    await this.#logs.tell(clients, owed);
    tellNotices(clients, owed, rev);
    this.#owed = [];
    for (const client of clients) client.mark(cursor);
  }

  /** Tells one who comes back what it has missed of the whole workspace. */
  async catchUp(client: StreamClient, changes: readonly Change[], rev: number): Promise<void> {
    if (client.topics.runs) await this.#runs.show(client, runsOf(changes));
    await this.#logs.tell([client], changes);
    tellNotices([client], changes, rev);
  }

  /** What it is to be told from the beginning. */
  async show(client: StreamClient): Promise<void> {
    const unshown = client.takeUnshown();
    try {
      for (const [runId, seq] of unshown.steps) await this.#run.show(client, runId, seq);
      for (const runId of unshown.lines) await this.#logs.show(client, runId);
      if (unshown.counters) await this.#counters.show(client);
      if (unshown.watched) await this.#watch.show(client);
    } catch (error) {
      client.giveBackUnshown(unshown);
      throw error;
    }
  }
}

function runsOf(changes: readonly Change[]): ReadonlySet<string> {
  return new Set(changes.flatMap(({ runId }) => runId ?? []));
}
