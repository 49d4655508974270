import { Command } from "commander";
import type { InputOf } from "../../http/contract/api.ts";
import type { Context } from "../context.ts";
import { followBulk } from "../follow-bulk.ts";
import { type RunFilterFlags, runFilterOf, withRunFilter } from "../run-filter-flags.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

interface BulkFlags extends TargetFlags, RunFilterFlags {
  readonly run?: readonly string[];
  readonly canary: string;
  readonly preview?: true;
  readonly wait?: true;
  readonly reason?: string;
}

type Body = InputOf<"createBulk">["body"];

export function bulkRunCommand(context: Context): Command {
  return withRunFilter(withTarget(new Command("run")))
    .description("act on all runs that the flags mean: --preview first, then a canary, then bulk continue")
    .argument(
      "<action>",
      "cancel, pause, resume, rerun, or retry, which goes on from the failed step with the newest code",
    )
    .option("--run <id...>", "only these runs")
    .option("--canary <number>", "so many first, then it is held until bulk continue; 0 for none", "10")
    .option("--preview", "say how many runs are meant, and do nothing")
    .option("--wait", "stay until it is held or over")
    .option("--reason <text>", "kept in the audit log, for whoever asks later")
    .action(async (action: string, flags: BulkFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const { canary, reason, run: ids } = flags;
      const answer = await api.createBulk({
        params: workspace,
        query: { preview: flags.preview === true ? "true" : "false" },
        body: { action, filter: { ...runFilterOf(flags), ids }, canary: Number(canary), reason } as Body,
      });
      const { id, count, newest } = answer;
      if (id !== null && flags.wait)
        return followBulk(context, api, { ...workspace, id }, flags.json === true);
      if (flags.json) return context.say(JSON.stringify(answer));
      const runs = count === 1 ? "1 run" : `${count.toLocaleString("en-US")} runs`;
      if (id !== null)
        return context.say(`Bulk ${id} is on disk, for ${runs}. durable bulk show ${id} says how far it is.`);
      context.say(`Nothing was done. ${runs} would be acted on${count === 0 ? "." : ", the first of them:"}`);
      for (const run of newest) context.say(`  ${run}`);
    });
}
