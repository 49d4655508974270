import { bySql, type Invariant } from "./invariant.ts";

// L. Once the faults stop, everything comes to its end.

export const LIVENESS: readonly Invariant[] = [
  {
    number: "49",
    name: "all ended",
    sentence: "Every accepted event's runs have ended.",
    phase: "after",
    check: bySql(
      "select count(*) from durable.runs",
      `select l.run_id, r.function_id, l.status, l.lost, l.run_attempt, l.transport_attempt, r.failure
         from durable.live_runs l join durable.runs r on r.workspace_id = l.workspace_id and r.id = l.run_id`,
    ),
  },
  {
    number: "49b",
    name: "nothing owed",
    sentence: "No job, no task, no timer, no open wait, no open input and no obligation is left.",
    phase: "after",
    check: bySql(
      "select count(*) from durable.events",
      [
        "ready",
        "tasks",
        "timers",
        "waits",
        "event_obligations",
        "input_notices",
        "inputs where status = 'open'",
      ]
        .map(
          (left) =>
            `select '${left.split(" ")[0]}' as what, count(*) as count from durable.${left} having count(*) > 0`,
        )
        .join(" union all "),
    ),
  },
];
