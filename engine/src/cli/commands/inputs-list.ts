import { Command } from "commander";
import type { InputOf } from "../../http/contract/api.ts";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";
import { formatDuration } from "../terminal/duration.ts";
import { oneLine } from "../terminal/fit.ts";
import { table } from "../terminal/table.ts";

/** The engine judges the values: it knows what is allowed, and says so. */
type ListQuery = NonNullable<InputOf<"listInputs">["query"]>;

interface ListFlags extends TargetFlags {
  readonly status?: string;
  readonly assignee?: string;
  readonly function?: string;
  readonly run?: string;
  readonly limit: string;
}

export function inputsListCommand(context: Context): Command {
  return withTarget(new Command("ls"))
    .alias("list")
    .description("list what people are asked, newest first")
    .option("--status <status>", "open (unless told), answered, expired, cancelled or all")
    .option("--assignee <name>", "only what this person is asked")
    .option("--function <id>", "only of this function")
    .option("--run <id>", "only of this run")
    .option("--limit <number>", "how many", "20")
    .action(async ({ status, assignee, function: functionId, run, limit, json, ...target }: ListFlags) => {
      const api = await apiOf(target, context.environment);
      const workspace = await workspaceOf(target, context.environment, api);
      const query = { status, assignee, function: functionId, run, limit } as ListQuery;
      const answer = await api.listInputs({ params: workspace, query });
      if (json) return context.say(JSON.stringify(answer));
      if (answer.inputs.length === 0)
        return context.say(`Nothing is ${status ?? "open"} in ${workspace.app} (${workspace.env}).`);
      const nowMs = Date.now();
      const rows = answer.inputs.map((input) => [
        input.id,
        input.kind,
        input.status,
        oneLine(input.answer?.by ?? input.assignee ?? "anybody"),
        `${formatDuration(nowMs - Date.parse(input.asked_at))} ago`,
        input.function,
        oneLine(input.title ?? input.name),
      ]);
      for (const line of table(["INPUT", "KIND", "STATUS", "WHO", "ASKED", "FUNCTION", "TITLE"], rows))
        context.say(line);
      if (answer.next !== null)
        context.note("There are more; raise --limit (200 at most) or narrow with --assignee and --function.");
    });
}
