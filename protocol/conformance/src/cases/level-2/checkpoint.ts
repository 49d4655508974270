import type { Callback, CallbackReply, Counts } from "../../case.ts";
import type { Pattern } from "../../match.ts";

/** A checkpoint as it must come, on a request of its own or as a line, and what is said to it. */
export function checkpoint(
  seq: number,
  known: number,
  ops: readonly Pattern[],
  replies: CallbackReply,
  ranBefore?: Counts,
): Callback {
  return {
    what: "checkpoint",
    asks: { run: { $bound: "run" }, fence: { $bound: "fence" }, seq, known, ops },
    replies,
    ...(ranBefore !== undefined && { ran: ranBefore }),
  };
}
