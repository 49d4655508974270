import { Command } from "commander";
import type { InputOf } from "../../http/contract/api.ts";
import type { Context } from "../context.ts";
import { jsonFlag } from "../json-flag.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

interface RepairFlags extends TargetFlags {
  readonly occurrence?: number;
  readonly value?: string;
  readonly key?: string;
  readonly at?: string;
  readonly stay?: true;
  readonly preview?: true;
  readonly reason?: string;
}

type Body = InputOf<"repairRun">["body"];

export function runsRepairCommand(context: Context): Command {
  return withTarget(new Command("repair"))
    .description(
      "mend an open step of a paused run, which then goes on; of a waiting one its sleeps and waits",
    )
    .argument("<run>", "the run's id")
    .argument(
      "<action>",
      "retry, complete (--value), skip, resolve (a wait; --value, or its timeout) or wake (a sleep; --at)",
    )
    .argument("<step>", "the step's name or id")
    .option("--occurrence <number>", "which of several steps of that name, from 1", Number)
    .option("--value <json>", "what the step comes to; of a wait, the data of the event that came")
    .option("--key <key>", "of a wait for any of several: which of them came")
    .option("--at <time>", "when the sleep ends")
    .option("--stay", "leave the run paused")
    .option("--preview", "say what would be done, and do nothing")
    .option("--reason <text>", "kept in the audit log, for whoever asks later")
    .action(async (id: string, action: string, step: string, flags: RepairFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const { occurrence, key, reason, stay } = flags;
      const { value } = jsonFlag("--value", flags.value);
      const ms = flags.at === undefined ? Number.NaN : Date.parse(flags.at);
      const at = Number.isNaN(ms) ? flags.at : new Date(ms).toISOString();
      const answer = await api.repairRun({
        params: { ...workspace, id },
        query: { preview: flags.preview === true ? "true" : "false" },
        body: { step, occurrence, action, value, key, at, stay, reason } as Body,
      });
      if (flags.json) {
        context.say(JSON.stringify(answer));
        return;
      }
      const nothing = answer.preview ? "Nothing was done. " : "";
      const then = answer.at === null ? "" : ` The sleep ends at ${answer.at}.`;
      context.say(
        `${nothing}${SAID[answer.action]}.${then} The run is ${answer.status}${answer.preview ? " then" : ""}.`,
      );
      if (answer.undo !== null)
        context.say(`To take it back: durable runs repair ${id} wake ${step} --at ${answer.undo.at}`);
    });
}

const SAID = {
  retry: "The step gets fresh attempts",
  complete: "The step comes to the given value, and does not run",
  skip: "The step comes to null, and does not run",
  resolve: "The wait is over",
  wake: "The sleep is changed",
};
