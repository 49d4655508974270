import type { NextRound } from "../runtime/loop.ts";
import { isConflict } from "../store/database.ts";
import { dropPartition, makePartition, sweepDropped, sweepWorkspace } from "../store/retention.ts";
import { type PollingOptions, PollingService } from "./polling-service.ts";

const PAUSE_MS = 60_000;
/** After somebody was in the way: trying holds others up for a tenth of a second. */
const AGAIN_MS = 10_000;
/** Between two pieces, so that no disk is busy with nothing else. */
const PIECE_MS = 200;
/** Rows of one piece: a few hundred milliseconds at the most. */
const PIECE_ROWS = 2_000;
/** Rows that are moved out of a partition while others wait for it: about a fifth of a second. */
const MOVED_ROWS_MAX = 5_000;

/** What is over goes: partitions as a whole, and what is deleted one by one a piece at a time. Any engine may: one does it. */
export class RetentionLoop extends PollingService<PollingOptions> {
  #isFirst = true;

  constructor(options: PollingOptions) {
    super(options, { name: "retention", failed: "dropping what is over failed", pauseMs: PAUSE_MS });
  }

  protected async round(): Promise<NextRound> {
    const { database, log } = this.options;
    try {
      while (await makePartition(database)) log.debug("a partition was made");
      // Whoever has just started has more urgent things to do.
      if (this.#isFirst) return "later";
      const dropped = await dropPartition(database, MOVED_ROWS_MAX);
      if (dropped !== null) log.info({ state: dropped }, "a partition is past all retention");
      const gone = await sweepDropped(database, PIECE_ROWS);
      const seen = await sweepWorkspace(database, PIECE_ROWS);
      return dropped === null && gone === null && seen === null ? "later" : { inMs: PIECE_MS };
    } catch (error) {
      // Somebody commits for longer than anybody may be kept waiting.
      if (!isConflict(error)) throw error;
      return { inMs: AGAIN_MS };
    } finally {
      this.#isFirst = false;
    }
  }
}
