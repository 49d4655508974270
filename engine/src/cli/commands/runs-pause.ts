import type { Command } from "commander";
import type { Context } from "../context.ts";
import { runActionCommand } from "./runs-act.ts";

export function runsPauseCommand(context: Context): Command {
  return runActionCommand(context, {
    name: "pause",
    description: "stop a run until it is resumed",
    call: (api, input) => api.pauseRun(input),
    said: ({ id, status }) =>
      status === "pausing"
        ? `Run ${id} pauses as soon as the call of its app that is under way is recorded.`
        : `Run ${id} is paused; durable runs resume ${id} lets it go on.`,
  });
}
