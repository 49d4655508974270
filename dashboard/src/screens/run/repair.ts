// How an open step can be mended: what fits its op, by what the run is at.
import type { InputOf } from "@durable/engine/api";
import type { Run } from "../../live/patches.ts";

export type RepairAction = InputOf<"repairRun">["body"]["action"];
type Step = Run["steps"][number];

interface Words {
  readonly label: string;
  readonly does: string;
  readonly needs: "nothing" | "value" | "maybe a value" | "time";
}

export const REPAIR: Readonly<Record<RepairAction, Words>> = {
  retry: { label: "Try it again", does: "Give the step fresh attempts", needs: "nothing" },
  complete: { label: "Give it a result", does: "Complete the step with this value", needs: "value" },
  skip: { label: "Skip it", does: "Skip the step: it comes to null", needs: "nothing" },
  resolve: { label: "End the wait", does: "End the wait", needs: "maybe a value" },
  wake: { label: "Wake it", does: "End the sleep", needs: "time" },
};

const WAITS: ReadonlySet<string> = new Set(["wait", "signal", "input", "approval"]);

/** The run must be paused for it, but for waits and sleeps of one that waits. */
export function repairsOf(run: Run, step: Step): RepairAction[] {
  if (step.seq !== null || step.status === "cancelled") return [];
  const isPaused = run.status === "paused";
  if (step.op === "sleep") return isPaused || run.status === "waiting" ? ["wake"] : [];
  if (WAITS.has(step.op)) return isPaused || run.status === "waiting" ? ["resolve"] : [];
  return isPaused ? ["retry", "complete", "skip"] : [];
}
