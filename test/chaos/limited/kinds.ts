import type { Kind } from "../kind.ts";

const skipped = (reason: string) => `select workspace_id, id from durable.skips where reason = '${reason}'`;
const begun = (cause: string) =>
  `select workspace_id, id from durable.runs where begin_cause = '${cause}' and status = 'completed'`;
const of = (fn: string, status = "completed") =>
  `select workspace_id, id from durable.runs where function_id = '${fn}' and status = '${status}'`;

/** What shapes, gates, the clock and people have made of the load. */
export const LIMITED_KINDS: readonly Kind[] = [
  { name: "duplicate", minimum: 20, runs: skipped("duplicate") },
  { name: "over its rate, skipped", minimum: 50, runs: skipped("rate-limited") },
  { name: "over its rate, delayed", minimum: 20, runs: begun("rate-limit") },
  { name: "debounced", minimum: 20, runs: begun("debounce") },
  { name: "debounced into a run", minimum: 20, runs: skipped("debounced") },
  { name: "batch", minimum: 20, runs: begun("batch") },
  { name: "batched into a run", minimum: 50, runs: skipped("batched") },
  { name: "singleton, skipped", minimum: 10, runs: skipped("singleton") },
  { name: "singleton, cancelled", minimum: 10, runs: of("solo-cancel", "cancelled") },
  { name: "singleton, queued", minimum: 20, runs: of("solo-queue") },
  { name: "paced by a throttle", minimum: 50, runs: of("paced") },
  { name: "of a tenant", minimum: 50, runs: of("fair") },
  { name: "tick", minimum: 200, runs: of("tick-allow") },
  { name: "tick of a queue", minimum: 100, runs: of("tick-queue") },
  { name: "tick skipped", minimum: 50, runs: skipped("overlap") },
  { name: "tick that cancelled", minimum: 50, runs: of("tick-cancel", "cancelled") },
  {
    name: "run anyway",
    minimum: 10,
    runs: "select workspace_id, started_run from durable.skips where started_run is not null",
  },
  {
    name: "limit set",
    minimum: 30,
    runs: "select workspace_id, position from (select workspace_id, row_number() over () as position from durable.audit where action = 'limit.set') as a",
  },
];
