import type { GateWait } from "../store/gate-wait.ts";

/** What a job waits for at a limit, to be read after "waits for". */
export function whyGate(gate: GateWait, runId: string): string {
  const { limit, key, ahead, capped } = gate;
  const what = limit.kind === "throttle" ? "its start" : "a place";
  const whose = key === null ? "" : ` for ${key}`;
  const before =
    ahead === 0
      ? ""
      : `; ${capped ? "at least " : ""}${ahead === 1 ? "1 job is" : `${ahead.toLocaleString("en-US")} jobs are`} before it`;
  return `${what} at the ${limit.name}${whose}, since ${gate.since}: ${whatStops(gate, runId)}${before}`;
}

function whatStops(gate: GateWait, runId: string): string {
  const { limit, used, opens_at, starts_at } = gate;
  if (limit.count === null) return "nothing declares that limit any more, and it is let in";
  if (limit.count === 0) return `a person has set the limit to 0 (durable limits reset ${limit.id})`;
  if (limit.kind === "throttle") {
    return starts_at === null
      ? `the next start is possible at ${opens_at}`
      : `it may start at ${starts_at}, when those before it have`;
  }
  return `${used} of ${limit.count} are taken${whoHolds(gate, runId)}`;
}

function whoHolds({ limit, used, holders, waiting_for_it }: GateWait, runId: string): string {
  const [first] = holders;
  if (first === undefined) return "";
  const state = first.status === "paused" ? ", which is paused," : "";
  const longest = used === 1 ? "" : " the longest";
  const who = first.run === runId ? "a step of this run" : `run ${first.run}${state}`;
  const held = `,${longest} by ${who} since ${first.since}`;
  const [parent] = waiting_for_it;
  if (parent === undefined) return held;
  return waiting_for_it.length >= limit.count!
    ? `${held}. All are held by runs that wait for this one (${waiting_for_it.join(", ")}), so none is ever freed: raise the limit, or give parent and child limits of their own`
    : `${held}, and run ${parent}, which holds one, waits for this run`;
}
