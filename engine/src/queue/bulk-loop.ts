import { Problem } from "../domain/problems.ts";
import { pauseFailure } from "../runs/pause-run.ts";
import { type RerunParts, rerunRun } from "../runs/rerun-run.ts";
import type { NextRound } from "../runtime/loop.ts";
import { actOnBulkItem, type BulkItemTaken, refuseBulkItem, takeBulkItems } from "../store/bulks.ts";
import { type PollingOptions, PollingService } from "./polling-service.ts";

export interface BulkLoopOptions extends PollingOptions, RerunParts {
  /** Runs were made ready, or have left places that others wait for. */
  readonly acted: () => void;
}

/** Items of one piece: with the pause, at most a hundred a second, so that a bulk does not push others out of the queue. */
const PIECE = 20;
const PIECE_MS = 200;

/** Works on bulks, a piece at a time. Any number of engines may: each item is done once, whoever takes it. */
export class BulkLoop extends PollingService<BulkLoopOptions> {
  constructor(options: BulkLoopOptions) {
    super(options, { name: "bulks", failed: "working on a bulk failed" });
  }

  protected async round(): Promise<NextRound> {
    const { acted, database } = this.options;
    const items = await takeBulkItems(database, PIECE);
    if (items.length === 0) return "later";
    for (const item of items) await this.#work(item);
    acted();
    return { inMs: PIECE_MS };
  }

  async #work(item: BulkItemTaken): Promise<void> {
    const { database } = this.options;
    const { action, actor, reason } = item;
    if (action !== "rerun" && action !== "retry") {
      return actOnBulkItem(database, item, pauseFailure(actor, reason));
    }
    try {
      await rerunRun(this.options, {
        workspaceId: item.workspaceId,
        runId: item.runId,
        actor,
        reason,
        from: action === "retry" ? "failed" : null,
        version: "newest",
        data: null,
        result: null,
        isPreview: false,
        item,
      });
    } catch (error) {
      // What is wrong with one run is said beside it; all else is tried again when the item is taken again.
      if (!(error instanceof Problem)) throw error;
      await refuseBulkItem(database, item, `${error.code}: ${error.message}`);
    }
  }
}
