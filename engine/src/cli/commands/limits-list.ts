import { Command } from "commander";
import type { AnswerOf } from "../../http/contract/table.ts";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";
import { formatDuration } from "../terminal/duration.ts";
import { oneLine } from "../terminal/fit.ts";
import { table } from "../terminal/table.ts";
import { shapeRows } from "./limits-shapes.ts";

interface ListFlags extends TargetFlags {
  readonly function?: string;
  readonly key?: string;
}

type Limit = AnswerOf<"listLimits">["limits"][number];

export function limitsListCommand(context: Context): Command {
  return withTarget(new Command("ls"))
    .alias("list")
    .description("list the limits that functions declare, with who waits at them and what they remember")
    .option("--function <id>", "only of this function")
    .option("--key <value>", "of those that act before there is a run: only this key; JSON, or text")
    .action(async (flags: ListFlags) => {
      const { function: functionId, key } = flags;
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const [{ limits: all }, { shapes, partial }] = await Promise.all([
        api.listLimits({ params: workspace }),
        api.listShapes({ params: workspace, query: { function: functionId, key } }),
      ]);
      const limits = all.filter((limit) => functionId === undefined || limit.function === functionId);
      if (flags.json) return context.say(JSON.stringify({ limits, shapes, partial }));
      if (limits.length === 0 && shapes.length === 0) {
        const who = functionId ?? "No function";
        return context.say(
          `${who} of ${workspace.app} (${workspace.env}) declares ${functionId === undefined ? "a" : "no"} limit.`,
        );
      }
      if (limits.length > 0) {
        const head = ["LIMIT", "COUNT", "IN", "WAITING", "MOST WAIT FOR", "NAME"];
        for (const line of table(head, limits.map(rowOf))) context.say(line);
      }
      if (shapes.length > 0) {
        if (limits.length > 0) context.say("");
        for (const line of table(["BEFORE A RUN", "KEY", "NOW"], shapes.flatMap(shapeRows)))
          context.say(line);
      }
      if (partial) context.note("There are more keys than were looked at; ask for one with --key.");
    });
}

function rowOf(limit: Limit): string[] {
  return [
    limit.id,
    countOf(limit),
    limit.kind === "throttle" ? "-" : String(limit.used),
    String(limit.parked),
    busiestOf(limit.gates[0]),
    limit.name,
  ];
}

function countOf({ count, declared, set_to, period_ms }: Limit): string {
  const pace = period_ms === null ? "" : ` per ${formatDuration(period_ms)}`;
  return `${count}${pace}${set_to === null ? "" : ` (declared: ${declared})`}`;
}

function busiestOf(gate: Limit["gates"][number] | undefined): string {
  if (gate === undefined || gate.parked === 0 || gate.key === null) return "-";
  return `${oneLine(JSON.stringify(gate.key))} (${gate.parked})`;
}
