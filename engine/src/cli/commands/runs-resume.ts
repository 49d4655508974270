import type { Command } from "commander";
import type { Context } from "../context.ts";
import { runActionCommand } from "./runs-act.ts";

export function runsResumeCommand(context: Context): Command {
  return runActionCommand(context, {
    name: "resume",
    description: "let a paused run go on; steps that failed get fresh attempts",
    call: (api, input) => api.resumeRun(input),
    said: ({ id, status }) => `Run ${id} goes on (${status}).`,
  });
}
