import { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";
import { formatDuration } from "../terminal/duration.ts";
import { oneLine } from "../terminal/fit.ts";
import { table } from "../terminal/table.ts";

export function limitsListCommand(context: Context): Command {
  return withTarget(new Command("ls"))
    .alias("list")
    .description("list the limits that functions declare, with who waits at them")
    .action(async (flags: TargetFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const { limits } = await api.listLimits({ params: workspace });
      if (flags.json) return context.say(JSON.stringify({ limits }));
      if (limits.length === 0)
        return context.say(`No function of ${workspace.app} (${workspace.env}) declares a limit.`);
      const rows = limits.map((limit) => [
        limit.id,
        countOf(limit),
        limit.kind === "throttle" ? "-" : String(limit.used),
        String(limit.parked),
        busiestOf(limit.gates[0]),
        limit.name,
      ]);
      for (const line of table(["LIMIT", "COUNT", "IN", "WAITING", "MOST WAIT FOR", "NAME"], rows))
        context.say(line);
    });
}

function countOf(limit: {
  readonly count: number;
  readonly declared: number;
  readonly set_to: number | null;
  readonly period_ms: number | null;
}): string {
  const pace = limit.period_ms === null ? "" : ` per ${formatDuration(limit.period_ms)}`;
  return `${limit.count}${pace}${limit.set_to === null ? "" : ` (declared: ${limit.declared})`}`;
}

function busiestOf(gate: { readonly key?: unknown; readonly parked: number } | undefined): string {
  if (gate === undefined || gate.parked === 0 || gate.key === null) return "-";
  return `${oneLine(JSON.stringify(gate.key))} (${gate.parked})`;
}
