import { Command } from "commander";
import type { Context } from "../context.ts";
import { ownerOf } from "../owner-argument.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

interface ExportFlags extends TargetFlags {
  readonly of?: string;
}

export function exportCommand(context: Context): Command {
  return withTarget(new Command("export"))
    .description("print all that is kept of a workspace's runs, a line of JSON for each")
    .option(
      "--of <path=value>",
      "only runs whose event has this value there, and those below: user.id=42, tenant=acme",
    )
    .action(async (flags: ExportFlags) => {
      const owner = flags.of === undefined ? {} : ownerOf("--of", flags.of);
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      for (let cursor: string | undefined; ; ) {
        const { lines, next } = await api.exportRuns({
          params: workspace,
          query: { ...owner, ...(cursor === undefined ? {} : { cursor }) },
        });
        for (const line of lines) context.say(line);
        if (next === null) return;
        cursor = next;
      }
    });
}
