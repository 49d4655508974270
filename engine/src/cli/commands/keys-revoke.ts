import { Command } from "commander";
import { usageError } from "../cli-error.ts";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";
import { type KeyKind, kindArgument } from "./key-kind.ts";

interface RevokeFlags extends TargetFlags {
  readonly after?: string;
}

export function keysRevokeCommand(context: Context): Command {
  return withTarget(new Command("revoke"))
    .description("end a key for good; every engine refuses it a second later at most")
    .addArgument(kindArgument())
    .argument("<id>", "as `keys ls` shows it")
    .option("--after <hours>", "of a secret: in force for so long, while apps get the new one")
    .action(async (kind: KeyKind, id: string, flags: RevokeFlags) => {
      const after_s = readHours(kind, flags.after) * 3_600;
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const params = { ...workspace, id };
      const answer = await (kind === "secret"
        ? api.retireSigningSecret({ params, body: { after_s } })
        : api.revokeKey({ params }));
      if (flags.json) return context.say(JSON.stringify(answer));
      const until = answer.state === "retiring" ? `in force until ${answer.retired_at}` : answer.state;
      context.say(`The ${WORDS[kind]} ${answer.id} is ${until}.`);
    });
}

function readHours(kind: KeyKind, text: string | undefined): number {
  if (text === undefined) return 0;
  if (kind !== "secret") throw usageError("--after is for secrets; a key ends at once.");
  if (/^\d{1,3}(\.\d+)?$/.test(text)) return Number(text);
  throw usageError(`--after is ${JSON.stringify(text)}; allowed is a number of hours.`);
}

const WORDS: Record<KeyKind, string> = { event: "event key", api: "API key", secret: "signing secret" };
