import type { Logger } from "pino";
import { faultPoint } from "../runtime/fault-points.ts";
import { Group } from "../runtime/group.ts";
import type { Timers } from "../runtime/ports.ts";
import { type Database, isConflict, isConnectionLoss, isServerTrouble } from "../store/database.ts";
import { type CommitItem, type CommitResult, commitOutcomes } from "../store/outcomes.ts";
import type { LeaseAuthority } from "./lease-authority.ts";

/** `poison`: this item alone cannot be stored, whatever its company; nothing of it was. */
export type CommitEnd = CommitResult | { readonly state: "poison"; readonly detail: string };

/** Larger outcomes take a lane of their own, so that one value of 4 MiB does not stall everybody's commit. */
const SMALL_BYTES_MAX = 64 * 1024;
const LIMITS = { items: 256, bytes: 1024 * 1024, bytesOf };
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
export class Committer {
  readonly #options: CommitterOptions;
  readonly #small: Group<CommitItem, CommitEnd>;
  readonly #large: Group<CommitItem, CommitEnd>;

  constructor(options: CommitterOptions) {
    this.#options = options;
    this.#small = new Group((items) => this.#commitSorted(items), LIMITS);
    this.#large = new Group((items) => this.#commitSorted(items), LIMITS);
  }

  /** Statements sent for outcomes, and outcomes in them. */
  get count(): { readonly calls: number; readonly items: number } {
    const [small, large] = [this.#small.count, this.#large.count];
    return { calls: small.calls + large.calls, items: small.items + large.items };
  }

  commit(item: CommitItem): Promise<CommitEnd> {
    return (bytesOf(item) <= SMALL_BYTES_MAX ? this.#small : this.#large).add(item);
  }

  /** In the lock order, by (workspace, run); answers in the order of `items`. */
  async #commitSorted(items: readonly CommitItem[]): Promise<CommitEnd[]> {
    const order = items.map((_, index) => index).sort((a, b) => compare(items[a]!, items[b]!));
    const ends = await this.#commitGroup(order.map((index) => items[index]!));
    const answers: CommitEnd[] = new Array(items.length);
    for (let i = 0; i < order.length; i += 1) answers[order[i]!] = ends[i]!;
    return answers;
  }

  async #commitGroup(items: readonly CommitItem[]): Promise<CommitEnd[]> {
    const { authority, database, log } = this.#options;
    const engineId = authority.engineId();
    for (let attempt = 1; ; attempt += 1) {
      // Asked again before each try: while the database was away the leases may have gone.
      if (!authority.mayAct(engineId) && !(await authority.untilMayAct(engineId))) return items.map(lost);
      try {
        await faultPoint("commit.before");
        const results = await commitOutcomes(database, engineId, items);
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

function bytesOf(item: CommitItem): number {
  let bytes = 200 + (item.outcome.result?.length ?? 0);
  for (const step of item.outcome.steps)
    bytes += 100 + (step.value?.length ?? 0) + (step.failure?.length ?? 0);
  for (const sent of item.outcome.sends) bytes += 100 + sent.data.length;
  return bytes;
}

function compare(a: CommitItem, b: CommitItem): number {
  return a.workspaceId - b.workspaceId || (a.runId < b.runId ? -1 : a.runId > b.runId ? 1 : 0);
}

function lost(): CommitResult {
  return { state: "lost", journalSeq: 0 };
}
