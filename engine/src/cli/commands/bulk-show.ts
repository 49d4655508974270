import { Command } from "commander";
import type { InputOf } from "../../http/contract/api.ts";
import type { Context } from "../context.ts";
import { followBulk, sayBulk } from "../follow-bulk.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";
import { table } from "../terminal/table.ts";

interface ShowFlags extends TargetFlags {
  readonly only?: string;
  readonly wait?: true;
}

type Query = NonNullable<InputOf<"getBulk">["query"]>;

const SHOWN_MAX = 200;

export function bulkShowCommand(context: Context): Command {
  return withTarget(new Command("show"))
    .description("how far a bulk is, and what came of each run")
    .argument("<bulk>", "the bulk's id")
    .option("--only <status>", "only runs that are waiting, done or refused")
    .option("--wait", "stay until it is held or over")
    .action(async (id: string, flags: ShowFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const params = { ...workspace, id };
      if (flags.wait) return followBulk(context, api, params, flags.json === true);
      const bulk = await api.getBulk({ params, query: { status: flags.only, limit: SHOWN_MAX } as Query });
      if (flags.json) return context.say(JSON.stringify(bulk));
      sayBulk(context, bulk);
      const rows = bulk.results.map(({ no, run, status, detail, new_run, new_status }) => [
        `${no}`,
        run,
        status,
        new_run === null ? (detail ?? "") : `run ${new_run} is ${new_status}`,
      ]);
      if (rows.length > 0)
        for (const line of table(["NO", "RUN", "STATUS", "RESULT"], rows)) context.say(line);
      if (bulk.next !== null)
        context.note("There are more; narrow with --only, or ask with --json and page through the API.");
    });
}
