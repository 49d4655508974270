import { Command } from "commander";
import type { AnswerOf } from "../../http/contract/table.ts";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

type GateWait = NonNullable<NonNullable<AnswerOf<"getRun">["live"]>["gate"]>;

export function whyCommand(context: Context): Command {
  return withTarget(new Command("why"))
    .description("say why a run is where it is, and at which limit it waits")
    .argument("<run>", "the run's id")
    .action(async (id: string, flags: TargetFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const { status, why, live } = await api.getRun({ params: { ...workspace, id } });
      const gate = live?.gate ?? null;
      if (flags.json) return context.say(JSON.stringify({ run: id, status, why, gate }));
      context.say(why);
      if (gate !== null) for (const [name, text] of rowsOf(gate)) context.say(`${name!.padEnd(11)}${text}`);
    });
}

function rowsOf({ limit, key, used, ahead, capped, holders, opens_at, starts_at }: GateWait): string[][] {
  const rows = [
    ["limit", `${limit.id}  ${limit.name}`],
    ["key", key === null ? "-" : JSON.stringify(key)],
    ["before it", `${capped ? "at least " : ""}${ahead}`],
  ];
  if (limit.kind === "concurrency") rows.push(["taken", `${used} of ${limit.count ?? "any number"}`]);
  for (const { run, since, status } of holders) rows.push(["held by", `${run}  ${status}, since ${since}`]);
  if (opens_at !== null) rows.push(["opens at", opens_at]);
  if (starts_at !== null) rows.push(["starts at", starts_at]);
  return rows;
}
