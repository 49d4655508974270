import { Command } from "commander";
import type { Context } from "../context.ts";
import { statusPaint } from "../run-view/render-run.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";
import { formatDuration } from "../terminal/duration.ts";

const BARS = 60;
const HEIGHTS = " ▁▂▃▄▅▆▇█";

export function runsCountCommand(context: Context): Command {
  return withTarget(new Command("count"))
    .description("count runs by status, and by when they were created")
    .argument("[query...]", "what they must be, as for runs ls")
    .action(async (query: string[], flags: TargetFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const q = query.length === 0 ? undefined : query.join(" ");
      const answer = await api.countRuns({ params: workspace, query: { q, bars: BARS } });
      if (flags.json) return context.say(JSON.stringify(answer));
      const counts = Object.entries(answer.statuses) as [keyof typeof answer.statuses, number][];
      if (counts.length === 0) return context.say(`No such run in ${workspace.app} (${workspace.env}).`);
      const more = answer.is_exact ? "" : "+";
      for (const [status, count] of counts)
        context.say(
          `${`${count.toLocaleString("en")}${more}`.padStart(12)}  ${statusPaint(status, context.paint)(status)}`,
        );
      const heights = answer.bars.map(({ statuses }) =>
        Object.values(statuses).reduce((sum, one) => sum + one, 0),
      );
      const most = Math.max(...heights);
      context.say("");
      context.say(
        heights.map((height) => HEIGHTS[Math.ceil((height / most) * (HEIGHTS.length - 1))]).join(""),
      );
      context.say(`${answer.bars[0]!.from}, ${formatDuration(answer.step_ms)} a bar, ${most} in the highest`);
      if (answer.since !== null)
        context.note(`There may be more that were created before ${answer.since}: narrow the query.`);
    });
}
