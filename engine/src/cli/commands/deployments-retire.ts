import { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

export function deploymentsRetireCommand(context: Context): Command {
  return withTarget(new Command("retire"))
    .description("send nothing to a deployment any more; its next sync brings it back")
    .argument("<deployment>", "its name, as `deployments ls` shows it")
    .action(async (id: string, flags: TargetFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const answer = await api.retireDeployment({ params: { ...workspace, id }, body: {} });
      context.say(
        flags.json
          ? JSON.stringify(answer)
          : `The deployment ${id} is retired. Pinned runs of it wait until they are moved: durable runs move RUN --to latest.`,
      );
    });
}
