import type { Command } from "commander";
import type { Context } from "../context.ts";
import { runActionCommand } from "./runs-act.ts";

export function runsBeginCommand(context: Context): Command {
  return runActionCommand(context, {
    name: "begin",
    description: "begin a run now that waits for its time",
    call: (api, input) => api.beginRun(input),
    said: ({ id, status }) => `Run ${id} begins (${status}).`,
  });
}
