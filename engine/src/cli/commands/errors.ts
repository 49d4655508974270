import { Command } from "commander";
import type { Context } from "../context.ts";
import { errorsListCommand } from "./errors-list.ts";
import { errorsShowCommand } from "./errors-show.ts";
import { errorsTriageCommand } from "./errors-triage.ts";

export function errorsCommand(context: Context): Command {
  return new Command("errors")
    .description("list what runs failed or paused with, in groups; resolve, mute and reopen one")
    .helpCommand(false)
    .addCommand(errorsListCommand(context), { isDefault: true })
    .addCommand(errorsShowCommand(context))
    .addCommand(
      errorsTriageCommand(context, {
        name: "resolve",
        description: "say that an error is mended; it is open again when it comes back",
        call: (api, input) => api.resolveError(input),
      }),
    )
    .addCommand(
      errorsTriageCommand(context, {
        name: "mute",
        description: "say that an error is of no interest; it is counted, and stays muted",
        call: (api, input) => api.muteError(input),
      }),
    )
    .addCommand(
      errorsTriageCommand(context, {
        name: "reopen",
        description: "open an error again that was resolved or muted",
        call: (api, input) => api.reopenError(input),
      }),
    );
}
