import type { FaultPointName } from "../../engine/src/runtime/fault-points.ts";
import type { Random } from "./random.ts";

// What one engine process does to itself. Each start arms at most one named point, to happen the n-th time it is
// passed, so that over many starts each point is hit early and late in a process's life.

/** How often a busy engine passes a point in its life, roughly: the n is drawn from here. */
const PASSES: Record<FaultPointName, number> = {
  "ingest.before-commit": 60,
  "ingest.after-commit": 60,
  "ingest.before-ack": 60,
  "claim.after": 30,
  "dispatch.before-send": 150,
  "dispatch.after-answer": 150,
  "stream.before-reply": 150,
  "commit.before": 100,
  "commit.after": 100,
  "heartbeat.before": 12,
  "rescue.after": 2,
  "timers.after": 25,
  "match.before": 15,
  "look-back.before": 15,
  "ends.before": 25,
  "ends.told": 5,
  "ticks.claimed": 12,
  "ticks.accepted": 12,
  "errors.before": 5,
  "alerts.sent": 2,
  "webhooks.sent": 2,
  "erase.piece": 3,
  "notices.sent": 3,
  "cancel.after": 2,
  "drain.begin": 1,
};
const POINTS = Object.keys(PASSES) as FaultPointName[];
/** Every engine comes past these within seconds. */
const PASSED_BY_ALL: readonly FaultPointName[] = [
  "dispatch.before-send",
  "dispatch.after-answer",
  "commit.before",
  "commit.after",
];
/** Where a stop leaves a deed half done. `commit.before` lies behind the last look at the lease: only the fence is left. */
const STOPPED_AT: readonly FaultPointName[] = [
  "commit.before",
  "commit.before",
  "commit.after",
  "dispatch.before-send",
  "dispatch.after-answer",
  "claim.after",
  "ingest.before-commit",
  "ingest.after-commit",
  "heartbeat.before",
  "timers.after",
  "ticks.claimed",
  "ticks.accepted",
];

/** Rates per statement. Those that did run and say they did not are the valuable ones. */
const DATABASE_FAULTS = [
  "*=serialization_failure@0.003",
  "*=deadlock@0.002",
  "*=timeout@0.002",
  "*=lost-before@0.002",
  "*=lost-after@0.004",
  "commit_outcomes=execute-then-timeout@0.004",
  "commit_steps=execute-then-timeout@0.004",
  "accept_events=execute-then-timeout@0.01",
].join(",");

/** @param isFirst The first start of its engine: it hits a point for certain, soon, so that the shortest run has some. */
export function engineFaults(random: Random, isFirst: boolean): Record<string, string> {
  const seed = random.int(1, 1e9);
  return {
    DURABLE_CHAOS: "1",
    DURABLE_FAULTS: `seed=${seed},${armed(random, isFirst)}`,
    DURABLE_DB_FAULTS: `seed=${seed},${DATABASE_FAULTS}`,
  };
}

function armed(random: Random, isFirst: boolean): string {
  const background = "dispatch.after-answer=delay:120@0.01,commit.before=delay:80@0.01";
  if (isFirst) return `${background},${random.pick(PASSED_BY_ALL)}=kill#${random.int(1, 10)}`;
  if (random.chance(0.2)) return background;
  const action = random.chance(0.6) ? "kill" : "stop";
  const point = random.pick(action === "kill" ? POINTS : STOPPED_AT);
  return `${background},${point}=${action}#${random.int(1, PASSES[point])}`;
}
