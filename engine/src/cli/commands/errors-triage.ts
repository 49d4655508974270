import { Command } from "commander";
import type { InputOf } from "../../http/contract/api.ts";
import type { Context } from "../context.ts";
import { type Api, apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

export interface Triage {
  readonly name: string;
  readonly description: string;
  readonly call: (api: Api, input: InputOf<"resolveError">) => ReturnType<Api["resolveError"]>;
}

interface TriageFlags extends TargetFlags {
  readonly reason?: string;
}

export function errorsTriageCommand(context: Context, { name, description, call }: Triage): Command {
  return withTarget(new Command(name))
    .description(description)
    .argument("<fingerprint>", "the group's fingerprint, from durable errors ls")
    .option("--reason <text>", "kept in the audit log, and shown with the group")
    .action(async (fingerprint: string, { reason, ...flags }: TriageFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const answer = await call(api, { params: { ...workspace, fingerprint }, body: { reason } });
      const { state, was } = answer;
      context.say(
        flags.json
          ? JSON.stringify(answer)
          : `Error ${fingerprint} is ${state}${was === state ? " already" : `; it was ${was}`}.`,
      );
    });
}
