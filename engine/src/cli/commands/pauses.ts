import { Command } from "commander";
import { whatIsPaused } from "../../domain/pause.ts";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";
import { oneLine } from "../terminal/fit.ts";
import { table } from "../terminal/table.ts";

export function pausesCommand(context: Context): Command {
  return withTarget(new Command("pauses"))
    .description("list what is paused, by whom, and how many jobs it holds")
    .action(async (flags: TargetFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const { pauses } = await api.listPauses({ params: workspace });
      if (flags.json) return context.say(JSON.stringify({ pauses }));
      if (pauses.length === 0)
        return context.say(`Nothing of ${workspace.app} (${workspace.env}) is paused.`);
      const rows = pauses.map(({ id, kind, function: functionId, key, held, by, since, reason }) => [
        id,
        String(held),
        since,
        by,
        whatIsPaused({ kind, functionId, key: JSON.stringify(key) }),
        oneLine(reason ?? "-"),
      ]);
      for (const line of table(["PAUSE", "HELD", "SINCE", "BY", "WHAT", "REASON"], rows)) context.say(line);
    });
}
