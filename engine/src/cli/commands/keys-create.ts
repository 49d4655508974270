import { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";
import { type KeyKind, kindArgument } from "./key-kind.ts";

export function keysCreateCommand(context: Context): Command {
  return withTarget(new Command("create"))
    .description("create a key; it is shown once")
    .addArgument(kindArgument())
    .action(async (kind: KeyKind, flags: TargetFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const created =
        kind === "event"
          ? await api.createEventKey({ params: workspace, body: {} })
          : await api.createSigningSecret({ params: workspace, body: {} });
      if (flags.json) return context.say(JSON.stringify(created));
      // The key alone on stdout, so that it can be piped into a secret store without passing a screen.
      context.say("key" in created ? created.key : created.secret);
      context.note(
        `${NEXT[kind]} It is shown only now: the engine ${kind === "event" ? "keeps its hash" : "never shows it again"}.`,
      );
    });
}

const NEXT: Record<KeyKind, string> = {
  event: "Give it to who sends events, as DURABLE_EVENT_KEY.",
  secret: "Give it to the app as DURABLE_SECRET (while you rotate: the new one first, a space, the old one).",
};
