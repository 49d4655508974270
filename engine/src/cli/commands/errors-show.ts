import { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";
import { table } from "../terminal/table.ts";

export function errorsShowCommand(context: Context): Command {
  return withTarget(new Command("show"))
    .description("show a group of errors with its versions and some of its runs")
    .argument("<fingerprint>", "the group's fingerprint, from durable errors ls")
    .action(async (fingerprint: string, flags: TargetFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const error = await api.getError({ params: { ...workspace, fingerprint } });
      if (flags.json) return context.say(JSON.stringify(error));
      context.say(`${error.name}: ${error.message}`);
      context.say(`  at    ${error.frame ?? "a place that the failure does not tell"}`);
      context.say(`  step  ${error.step ?? "none: the function's own code"}`);
      context.say(`  seen  ${error.count} times, first ${error.first_seen}, last ${error.last_seen}`);
      const by = error.state_by === null ? "" : ` by ${error.state_by}`;
      const reason = error.state_reason === null ? "" : `: ${error.state_reason}`;
      context.say(
        `  state ${error.state}${error.state_at === null ? "" : `, since ${error.state_at}${by}${reason}`}`,
      );
      const rows = error.versions.map((each) => [
        each.function,
        `v${each.version}`,
        each.deployment ?? "-",
        String(each.count),
        each.first_seen,
        each.last_seen,
      ]);
      context.say("");
      for (const line of table(
        ["FUNCTION", "VERSION", "DEPLOYMENT", "COUNT", "FIRST SEEN", "LAST SEEN"],
        rows,
      ))
        context.say(line);
      context.say("");
      for (const run of error.samples) context.say(run);
      context.note(`All its runs: durable runs ls --error ${fingerprint}`);
    });
}
