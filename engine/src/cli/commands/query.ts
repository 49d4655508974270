import { Command } from "commander";
import type { Context } from "../context.ts";
import { jsonFlag } from "../json-flag.ts";
import { sayCalled } from "../say-called.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

export function queryCommand(context: Context): Command {
  return withTarget(new Command("query"))
    .description("ask a run what its step.onQuery of this name answers, in any status")
    .argument("<run>", "the run's id")
    .argument("<name>", "the query's name; one that there is not lists those there are")
    .option("--data <json>", "what the query gets, as JSON")
    .action(async (id: string, name: string, flags: TargetFlags & { readonly data?: string }) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const { value: input } = jsonFlag("--data", flags.data);
      const answer = await api.queryRun({ params: { ...workspace, id, name }, body: { input } });
      sayCalled(context, answer, flags.json === true);
    });
}
