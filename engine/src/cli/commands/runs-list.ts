import { Command } from "commander";
import { whyHeldBack } from "../../runs/why.ts";
import type { Context } from "../context.ts";
import { type RunFilterFlags, type RunFilterQuery, runFilterOf, withRunFilter } from "../run-filter-flags.ts";
import { describeWait } from "../run-view/describe-wait.ts";
import { statusPaint } from "../run-view/render-run.ts";
import { type Api, apiOf, type TargetFlags, type Workspace, withTarget, workspaceOf } from "../target.ts";
import { formatDuration } from "../terminal/duration.ts";
import { oneLine } from "../terminal/fit.ts";
import { table } from "../terminal/table.ts";

interface ListFlags extends TargetFlags, RunFilterFlags {
  readonly limit: string;
}

export function runsListCommand(context: Context): Command {
  return withRunFilter(withTarget(new Command("ls")))
    .description("list runs, newest first")
    .argument(
      "[query...]",
      "what they must be: status:failed function:pay event:... key:... tag:... data.user.id:42 after:2h, or an id",
    )
    .option("--limit <number>", "how many", "20")
    .action(async (query: string[], flags: ListFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const q = query.length === 0 ? undefined : query.join(" ");
      const answer = await pages(api, workspace, { ...runFilterOf(flags), q }, Number(flags.limit));
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
        context.note(`There are more; raise --limit (200 at most) or narrow the query.`);
    });
}

/** One page looks at so many runs: where few of many fit, the next ones fill it. */
async function pages(
  api: Api,
  params: Workspace,
  query: RunFilterQuery,
  wanted: number,
): Promise<RunsAnswer> {
  let answer = await api.listRuns({ params, query: { ...query, limit: wanted } });
  const runs = [...answer.runs];
  for (let page = 1; page < PAGES_MAX && runs.length < wanted && answer.next !== null; page += 1) {
    const limit = wanted - runs.length;
    answer = await api.listRuns({ params, query: { ...query, limit, cursor: answer.next } });
    runs.push(...answer.runs);
  }
  return { runs, next: answer.next };
}

const PAGES_MAX = 50;
type RunsAnswer = Awaited<ReturnType<Api["listRuns"]>>;

/** Why queued runs of the app may not go on: since when its endpoint has not answered, and how many wait for it. */
async function heldBack(api: Api, { app, env }: Workspace): Promise<string | null> {
  const { apps } = await api.listApps();
  const found = apps.find((one) => one.app === app && one.environment === env);
  const circuit = found?.endpoint?.circuit;
  return circuit === undefined || circuit.state === "closed" ? null : whyHeldBack(circuit);
}
