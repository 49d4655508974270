import { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";
import { type KeyKind, kindArgument } from "./key-kind.ts";

export function keysRevokeCommand(context: Context): Command {
  return withTarget(new Command("revoke"))
    .description("end a key for good; every engine refuses it a second later at most")
    .addArgument(kindArgument())
    .argument("<id>", "as `keys ls` shows it")
    .action(async (kind: KeyKind, id: string, flags: TargetFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const answer = await (kind === "event"
        ? api.revokeEventKey({ params: { ...workspace, id } })
        : api.retireSigningSecret({ params: { ...workspace, id }, body: {} }));
      context.say(
        flags.json ? JSON.stringify(answer) : `The ${WORDS[kind]} ${answer.id} is ${answer.state}.`,
      );
    });
}

const WORDS: Record<KeyKind, string> = { event: "event key", secret: "signing secret" };
