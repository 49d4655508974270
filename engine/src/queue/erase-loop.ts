import { faultPoint } from "../runtime/fault-points.ts";
import type { NextRound } from "../runtime/loop.ts";
import { erasePiece } from "../store/erasures.ts";
import { type PollingOptions, PollingService } from "./polling-service.ts";

export interface EraseLoopOptions extends PollingOptions {
  /** Runs were cancelled: they may have steps to undo, and have left places that others wait for. */
  readonly acted: () => void;
}

/** Rows of one piece: a fraction of a second. */
const PIECE_ROWS = 500;
/** Between two pieces, so that no disk is busy with nothing else. */
const PIECE_MS = 50;

/** Works on erasures, a piece at a time. Any number of engines may. */
export class EraseLoop extends PollingService<EraseLoopOptions> {
  constructor(options: EraseLoopOptions) {
    super(options, { name: "erase", failed: "erasing failed" });
  }

  protected async round(): Promise<NextRound> {
    const { acted, database } = this.options;
    if (!(await erasePiece(database, PIECE_ROWS))) return "later";
    await faultPoint("erase.piece");
    acted();
    return { inMs: PIECE_MS };
  }
}
