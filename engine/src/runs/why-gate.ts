import type { GateWait, RunWait } from "../store/run-waits.ts";

/** A wait for a place at a limit. */
export type WaitAtGate = RunWait & { readonly gate: GateWait };

/** What a job waits for at a limit, to be read after "waits for". */
export function whyGate(wait: WaitAtGate, runId: string): string {
  const { limit, key, position, capped } = wait.gate;
  const ahead = position - 1;
  const what = limit.kind === "throttle" ? "its start" : "a place";
  const whose = key === null ? "" : ` for ${key}`;
  const before =
    ahead === 0
      ? ""
      : `; ${capped ? "at least " : ""}${ahead === 1 ? "1 job is" : `${ahead.toLocaleString("en-US")} jobs are`} before it`;
  return `${what} at the ${limit.name}${whose}, since ${wait.since}: ${whatStops(wait, runId)}${before}${whenInTurn(wait)}`;
}

function whatStops({ gate, starts_at }: WaitAtGate, runId: string): string {
  const { limit, used, opens_at } = gate;
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

/** A throttle says it in its first words. */
function whenInTurn({ gate, starts_at, starts_unknown }: WaitAtGate): string {
  if (gate.limit.kind === "throttle" || gate.limit.count === null) return "";
  if (starts_at !== null) return `. At the pace of late it gets in at about ${starts_at}`;
  return starts_unknown === "stalled"
    ? `. No place has been freed for ten times as long as usual, which is ${describePace(gate.pace_ms!)}`
    : "";
}

function describePace(ms: number): string {
  return ms < 1_000 ? `${Math.max(1, Math.round(ms))} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
