import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import type { ApiClient } from "../../http/client.ts";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { describeTime } from "../run-view/describe-time.ts";
import { fromRun } from "../run-view/from-run.ts";
import { renderChanges } from "../run-view/render-change.ts";
import { renderRun } from "../run-view/render-run.ts";
import { hasEnded, type RunView } from "../run-view/run-view.ts";
import { apiOf, type TargetFlags, type Workspace, withTarget, workspaceOf } from "../target.ts";
import { LiveArea } from "../terminal/live-area.ts";
import { spinnerAt } from "../terminal/spinner.ts";

interface ShowFlags extends TargetFlags {
  readonly follow?: true;
  readonly at?: string;
}

const LOOK_EVERY_MS = 200;

export function runsShowCommand(context: Context): Command {
  return withTarget(new Command("show"))
    .description("show a run with its steps; exit code 1 when it failed or was cancelled")
    .argument("<run>", "the run's id")
    .option("-f, --follow", "stay until it has ended")
    .option("--at <time>", "as it was at that moment, such as 2026-10-21T09:00:00Z")
    .action(async (id: string, flags: ShowFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const run = flags.follow
        ? await follow(context, api, workspace, id, flags.json === true)
        : await api.getRun({ params: { ...workspace, id }, query: { at: flags.at } });
      if (flags.json) context.say(JSON.stringify(run));
      else if (!flags.follow) {
        for (const line of draw(context, fromRun(run), 0)) context.say(line);
        if (!hasEnded(run)) context.say(context.paint.dim(run.why));
        if (flags.at === undefined) {
          const { time } = await api.getRunTrace({
            params: { ...workspace, id },
            query: { limit: 1, time: "true" },
          });
          if (time !== null) context.say(context.paint.dim(describeTime(time)));
        }
      }
      context.exitCode = exitCodeOf(run.status);
    });
}

/** Redrawn in place for a person; one line per change for a pipe; nothing but the end for JSON. */
async function follow(context: Context, api: ApiClient, workspace: Workspace, id: string, isQuiet: boolean) {
  const area = new LiveArea(process.stdout);
  let before: RunView | null = null;
  for (let frame = 0; ; frame += 1) {
    const run = await api.getRun({ params: { ...workspace, id } });
    const view = fromRun(run);
    if (!isQuiet && area.isLive) area.draw(draw(context, view, frame));
    else if (!isQuiet)
      for (const line of renderChanges(before, view, drawing(context, frame))) context.say(line);
    const isUnread = process.stdout.errored !== null;
    if (hasEnded(run) || isUnread) return run;
    before = view;
    await sleep(LOOK_EVERY_MS);
  }
}

function draw(context: Context, view: RunView, frame: number): string[] {
  return renderRun(view, { ...drawing(context, frame), width: process.stdout.columns ?? 120 });
}

function drawing({ paint }: Context, frame: number) {
  return { nowMs: Date.now(), paint, spinner: spinnerAt(frame) };
}

function exitCodeOf(status: string): ExitCode {
  return status === "failed" || status === "cancelled" ? EXIT.failed : EXIT.ok;
}
