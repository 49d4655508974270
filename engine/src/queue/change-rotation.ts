import type { NextRound } from "../runtime/loop.ts";
import { rotateChanges } from "../store/changes.ts";
import { isConflict } from "../store/database.ts";
import { type PollingOptions, PollingService } from "./polling-service.ts";

const PAUSE_MS = 60_000;
const KEPT_HOURS = 12;
const KEPT_ROWS = 1_000_000;

/** What changed long ago goes, all of it at once. Several may try: the first does it. */
export class ChangeRotation extends PollingService<PollingOptions> {
  constructor(options: PollingOptions) {
    super(options, { name: "change-rotation", failed: "rotating the changes failed", pauseMs: PAUSE_MS });
  }

  protected async round(): Promise<NextRound> {
    const { database, log } = this.options;
    try {
      if (await rotateChanges(database, KEPT_ROWS, KEPT_HOURS)) log.debug("old changes were dropped");
    } catch (error) {
      // Somebody commits for longer than anybody may be kept waiting.
      if (!isConflict(error)) throw error;
    }
    return "later";
  }
}
