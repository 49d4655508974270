import { Command } from "commander";
import type { Context } from "../context.ts";
import { type Wait, whatIsHeld } from "../run-view/describe-wait.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

export function whyCommand(context: Context): Command {
  return withTarget(new Command("why"))
    .description("say why a run is where it is, and what it waits for")
    .argument("<run>", "the run's id")
    .action(async (id: string, flags: TargetFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const { status, why, wait } = await api.getRun({ params: { ...workspace, id } });
      if (flags.json) return context.say(JSON.stringify({ run: id, status, why, wait }));
      context.say(why);
      if (wait !== null) for (const [name, text] of rowsOf(wait)) context.say(`${name!.padEnd(11)}${text}`);
    });
}

function rowsOf({ gate, pause, until, starts_at, starts_unknown }: Wait): string[][] {
  const rows = gate === null ? [] : rowsOfGate(gate);
  if (pause !== null)
    rows.push(["paused", `${whatIsHeld(pause)}, ${pause.id}`], ["by", `${pause.by}, since ${pause.since}`]);
  if (until !== null) rows.push(["until", until]);
  if (starts_at !== null && starts_at !== until) rows.push(["starts at", starts_at]);
  if (gate !== null && starts_unknown !== null) rows.push(["starts at", UNKNOWN[starts_unknown]]);
  return rows;
}

function rowsOfGate(gate: NonNullable<Wait["gate"]>): string[][] {
  const { limit, key, used, position, capped, holders, opens_at } = gate;
  const rows = [
    ["limit", `${limit.id}  ${limit.name}`],
    ["key", key === null ? "-" : JSON.stringify(key)],
    ["position", capped ? `more than ${position - 1}` : `${position}`],
  ];
  if (limit.kind !== "throttle") rows.push(["taken", `${used} of ${limit.count ?? "any number"}`]);
  for (const { run, since, status } of holders) rows.push(["held by", `${run}  ${status}, since ${since}`]);
  if (opens_at !== null) rows.push(["opens at", opens_at]);
  return rows;
}

const UNKNOWN: Record<NonNullable<Wait["starts_unknown"]>, string> = {
  closed: "not before the limit is above 0",
  never: "never, unless the limit is raised",
  far: "not estimated: too many are before it",
  unmeasured: "not known: no two places were freed while jobs waited",
  stalled: "not known: no place has been freed for ten times as long as usual",
  outside: "not for the engine to say",
};
