import { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";
import { table } from "../terminal/table.ts";

export function deploymentsListCommand(context: Context): Command {
  return withTarget(new Command("ls"))
    .description("list deployments, the one synced last first, with how many runs are kept on each")
    .action(async (flags: TargetFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const { deployments } = await api.listDeployments({ params: workspace });
      if (flags.json) return context.say(JSON.stringify({ deployments }));
      if (deployments.length === 0) {
        return context.say(
          `${workspace.app} (${workspace.env}) does not say which deployment it is: give its processes DURABLE_DEPLOYMENT.`,
        );
      }
      const rows = deployments.map((each) => [
        each.name,
        each.url,
        String(each.kept_runs),
        each.synced_at,
        state(each),
      ]);
      for (const line of table(["NAME", "URL", "KEPT RUNS", "SYNCED", "STATE"], rows)) context.say(line);
    });
}

function state(deployment: {
  readonly is_newest: boolean;
  readonly replaced_by: string | null;
  readonly retired_at: string | null;
}): string {
  if (deployment.is_newest) return "newest";
  if (deployment.retired_at !== null) return `retired ${deployment.retired_at}`;
  return deployment.replaced_by === null ? "in use" : `replaced by ${deployment.replaced_by}`;
}
