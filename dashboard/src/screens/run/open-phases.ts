import type { Run } from "../../live/patches.ts";
import type { Phase } from "../../words/phase.ts";

type WaitKind = NonNullable<Run["wait"]>["kind"];

const PHASE_OF: Readonly<Record<WaitKind, Phase>> = {
  concurrency: "limit",
  throttle: "limit",
  singleton: "limit",
  held: "paused",
  circuit: "queue",
  slot: "queue",
  paused: "paused",
  begin: "begin",
  retry: "retry",
  step: "app",
  child: "child",
  input: "wait",
  event: "wait",
  signal: "wait",
  sleep: "sleep",
};

/** What the run and its open steps are at, as far as it says: spans tell of tries when they are over. */
export function openPhases({ id, status, wait, heartbeats }: Run): Map<string, Phase> {
  const now = wait === null ? (status === "running" ? "app" : "queue") : PHASE_OF[wait.kind];
  const phases = new Map<string, Phase>([[id, now]]);
  if (wait?.step) phases.set(wait.step.id, PHASE_OF[wait.kind]);
  for (const { step } of heartbeats) phases.set(step, "app");
  return phases;
}
