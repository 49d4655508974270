import { Command } from "commander";
import type { InputOf } from "../../http/client.ts";
import { whyHeldBack } from "../../runs/why.ts";
import type { Context } from "../context.ts";
import { describeWait } from "../run-view/describe-wait.ts";
import { statusPaint } from "../run-view/render-run.ts";
import { type Api, apiOf, type TargetFlags, type Workspace, withTarget, workspaceOf } from "../target.ts";
import { formatDuration } from "../terminal/duration.ts";
import { oneLine } from "../terminal/fit.ts";
import { table } from "../terminal/table.ts";

/** The engine judges the values: it knows what is allowed, and says so. */
type ListQuery = NonNullable<InputOf<"listRuns">["query"]>;

interface ListFlags extends TargetFlags {
  readonly status?: string;
  readonly function?: string;
  readonly limit: string;
}

export function runsListCommand(context: Context): Command {
  return withTarget(new Command("ls"))
    .description("list runs, newest first")
    .option("--status <status>", "queued, running, waiting, paused, completed, failed or cancelled")
    .option("--function <id>", "only of this function")
    .option("--limit <number>", "how many", "20")
    .action(async (flags: ListFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const { status, function: functionId, limit } = flags;
      const answer = await api.listRuns({
        params: workspace,
        query: { status, function: functionId, limit } as ListQuery,
      });
      if (flags.json) return context.say(JSON.stringify(answer));
      if (answer.runs.length === 0) return context.say(`No such run in ${workspace.app} (${workspace.env}).`);
      const nowMs = Date.now();
      const rows = answer.runs.map((run) => {
        const createdAtMs = Date.parse(run.created_at);
        const endedAtMs = run.ended_at === null ? nowMs : Date.parse(run.ended_at);
        return [
          run.id,
          run.function,
          statusPaint(run.status, context.paint)(run.status),
          `${formatDuration(nowMs - createdAtMs)} ago`,
          formatDuration(endedAtMs - createdAtMs),
          oneLine(run.event.name),
          run.wait === null ? "" : oneLine(describeWait(run.wait)),
        ];
      });
      const head = ["RUN", "FUNCTION", "STATUS", "STARTED", "TOOK", "EVENT", "WAITS FOR"];
      for (const line of table(head, rows)) context.say(line);
      const held = await heldBack(api, workspace);
      if (held !== null) context.note(held);
      if (answer.next !== null)
        context.note(`There are more; raise --limit (200 at most) or narrow with --status and --function.`);
    });
}

/** Why queued runs of the app may not go on: since when its endpoint has not answered, and how many wait for it. */
async function heldBack(api: Api, { app, env }: Workspace): Promise<string | null> {
  const { apps } = await api.listApps();
  const found = apps.find((one) => one.app === app && one.environment === env);
  const circuit = found?.endpoint?.circuit;
  return circuit === undefined || circuit.state === "closed" ? null : whyHeldBack(circuit);
}
