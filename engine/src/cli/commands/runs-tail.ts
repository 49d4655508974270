import { Command } from "commander";
import type { Context } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import type { LogLine } from "../run-view/log-line.ts";
import { patchedRun } from "../run-view/patched-run.ts";
import { JsonTail, RunTail } from "../run-view/run-tail.ts";
import { hasEnded } from "../run-view/run-view.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

const LINES_PER_PAGE = 1_000;

export function runsTailCommand(context: Context): Command {
  return withTarget(new Command("tail"))
    .description(
      "show a run's steps and what they say, as it happens, until it has ended; with --json one object per line",
    )
    .argument("<run>", "the run's id")
    .action(async (id: string, flags: TargetFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const params = { ...workspace, id };
      // A stream says nothing of a run that does not exist; this says so.
      await api.getRunResult({ params });
      const view = flags.json ? new JsonTail(context) : new RunTail(context);
      let after = "0";
      const say = (line: LogLine) => {
        after = line.id;
        view.say(line);
      };
      try {
        for await (const event of api.stream({ params: workspace, topics: [`run:${id}`, `logs:${id}`] })) {
          if (process.stdout.errored !== null) return;
          if (event.event === "reset") view.show(await api.getRun({ params }));
          if (event.event !== "patch") continue;
          if (event.patch.kind === "log") say({ ...event.patch.patch, id: event.patch.id } as never);
          else view.show(patchedRun(view.run, event.patch));
          if (view.run !== null && hasEnded(view.run)) break;
        }
        // All that an ended run has said is there.
        for (let isMore = true; isMore; ) {
          const query = { after, limit: LINES_PER_PAGE };
          const { logs, next } = await api.listRunLogs({ params, query });
          for (const line of logs) say(line);
          isMore = next !== null;
        }
      } finally {
        view.end();
      }
      if (view.run?.status !== "completed") context.exitCode = EXIT.failed;
    });
}
