import type { Logger } from "pino";
import { addHistograms, type Histogram } from "../observability/durations.ts";
import { faultPoint } from "../runtime/fault-points.ts";
import { Group } from "../runtime/group.ts";
import type { Timers } from "../runtime/ports.ts";
import type { CommitItem, CommitResult } from "../store/commit-item.ts";
import { type Database, isConflict, isConnectionLoss, isServerTrouble } from "../store/database.ts";
import { commitOutcomes } from "../store/outcomes.ts";
import { commitTasks, type TaskCommitItem, type TaskCommitResult } from "../store/task-outcomes.ts";
import type { LeaseAuthority } from "./lease-authority.ts";

/** `poison`: this item alone cannot be stored, whatever its company; nothing of it was. */
export type CommitEnd<Result> = Result | { readonly state: "poison"; readonly detail: string };

/** What is committed in groups, and how. */
export interface Commits<Item, Result> {
  bytesOf(item: Item): number;
  /** The lock order. */
  compare(a: Item, b: Item): number;
  /** One statement; answers one result per item, in order. */
  write(database: Database, engineId: number, items: readonly Item[]): Promise<Result[]>;
  /** The result of an item whose leases went before it could be written. */
  readonly lost: Result;
}

/** Larger outcomes take a lane of their own, so that one value of 4 MiB does not stall everybody's commit. */
const SMALL_BYTES_MAX = 64 * 1024;
const LIMITS = { items: 256, bytes: 1024 * 1024 };
const PAUSE_MS_MAX = 1_000;

export interface CommitterOptions {
  readonly database: Database;
  readonly authority: LeaseAuthority;
  readonly timers: Timers;
  readonly log: Logger;
}

/**
 * Outcomes on their way to disk: all that finished meanwhile go in the next commit, one statement for the group.
 * Repeated until its outcome is known (a repeated commit finds its own fence and says `already`), or until this
 * process has lost its leases.
 */
export class Committer<Item extends { readonly runId: string }, Result> {
  readonly #options: CommitterOptions;
  readonly #commits: Commits<Item, Result>;
  readonly #small: Group<Item, CommitEnd<Result>>;
  readonly #large: Group<Item, CommitEnd<Result>>;

  constructor(options: CommitterOptions, commits: Commits<Item, Result>) {
    this.#options = options;
    this.#commits = commits;
    const limits = { ...LIMITS, bytesOf: commits.bytesOf };
    this.#small = new Group((items) => this.#commitSorted(items), limits);
    this.#large = new Group((items) => this.#commitSorted(items), limits);
  }

  /** Statements sent for outcomes, and outcomes in them. */
  get count(): { readonly calls: number; readonly items: number } {
    const [small, large] = [this.#small.count, this.#large.count];
    return { calls: small.calls + large.calls, items: small.items + large.items };
  }

  /** From an outcome that was decided to the outcome on disk. */
  get durations(): Histogram {
    return addHistograms(this.#small.durations.histogram, this.#large.durations.histogram);
  }

  commit(item: Item): Promise<CommitEnd<Result>> {
    return (this.#commits.bytesOf(item) <= SMALL_BYTES_MAX ? this.#small : this.#large).add(item);
  }

  /** In the lock order; answers in the order of `items`. */
  async #commitSorted(items: readonly Item[]): Promise<CommitEnd<Result>[]> {
    const { compare } = this.#commits;
    const order = items.map((_, index) => index).sort((a, b) => compare(items[a]!, items[b]!));
    const ends = await this.#commitGroup(order.map((index) => items[index]!));
    const answers: CommitEnd<Result>[] = new Array(items.length);
    for (let i = 0; i < order.length; i += 1) answers[order[i]!] = ends[i]!;
    return answers;
  }

  async #commitGroup(items: readonly Item[]): Promise<CommitEnd<Result>[]> {
    const { authority, database, log } = this.#options;
    const engineId = authority.engineId();
    for (let attempt = 1; ; attempt += 1) {
      // Asked again before each try: while the database was away the leases may have gone.
      if (!authority.mayAct(engineId) && !(await authority.untilMayAct(engineId))) {
        return items.map(() => this.#commits.lost);
      }
      try {
        await faultPoint("commit.before");
        const results = await this.#commits.write(database, engineId, items);
        await faultPoint("commit.after");
        return results;
      } catch (error) {
        if (isConflict(error) || isConnectionLoss(error) || isServerTrouble(error)) {
          log.debug({ err: error, attempt, items: items.length }, "a commit is repeated");
          await this.#pause(Math.min(10 * 2 ** attempt, PAUSE_MS_MAX));
        } else if (items.length === 1) {
          log.error({ err: error, runId: items[0]!.runId }, "an outcome cannot be stored; its run pauses");
          return [{ state: "poison", detail: error instanceof Error ? error.message : String(error) }];
        } else {
          // One item spoils the group, and the database does not say which: halve until it is alone.
          const middle = items.length >> 1;
          return [
            ...(await this.#commitGroup(items.slice(0, middle))),
            ...(await this.#commitGroup(items.slice(middle))),
          ];
        }
      }
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#options.timers.after(ms, resolve));
  }
}

export const RUN_OUTCOMES: Commits<CommitItem, CommitResult> = {
  bytesOf({ outcome }) {
    let bytes = 200 + (outcome.result?.length ?? 0);
    for (const step of outcome.steps) bytes += 100 + (step.value?.length ?? 0) + (step.failure?.length ?? 0);
    for (const sent of outcome.sends) bytes += 100 + sent.data.length;
    for (const effect of outcome.effects) bytes += 100 + effect.data.length;
    return bytes;
  },
  compare: byRun,
  write: commitOutcomes,
  lost: { state: "lost", journalSeq: 0 },
};

export const TASK_OUTCOMES: Commits<TaskCommitItem, TaskCommitResult> = {
  bytesOf: ({ outcome }) => 200 + (outcome.value?.length ?? 0) + (outcome.failure?.length ?? 0),
  compare: (a, b) => byRun(a, b) || (a.stepId < b.stepId ? -1 : a.stepId > b.stepId ? 1 : 0),
  write: (database, _, items) => commitTasks(database, items),
  lost: { state: "lost" },
};

function byRun(a: RunKey, b: RunKey): number {
  return a.workspaceId - b.workspaceId || (a.runId < b.runId ? -1 : a.runId > b.runId ? 1 : 0);
}

interface RunKey {
  readonly workspaceId: number;
  readonly runId: string;
}
