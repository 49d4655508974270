import { Command, Option } from "commander";
import { SCOPES, type Scope } from "../../auth/actor.ts";
import { usageError } from "../cli-error.ts";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";
import { type KeyKind, kindArgument } from "./key-kind.ts";

interface CreateFlags extends TargetFlags {
  readonly scope?: Scope;
  readonly days?: string;
}

export function keysCreateCommand(context: Context): Command {
  return withTarget(new Command("create"))
    .description("create a key; it is shown once")
    .addArgument(kindArgument())
    .addOption(new Option("--scope <scope>", "of an api key: how far it reaches").choices(SCOPES))
    .option("--days <number>", "of a key: how long it lasts (until it is revoked)")
    .action(async (kind: KeyKind, flags: CreateFlags) => {
      requireScope(kind, flags.scope);
      const days = readDays(kind, flags.days);
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const expires = days === undefined ? {} : { expires_in_s: days * 86_400 };
      const created =
        kind === "secret"
          ? await api.createSigningSecret({ params: workspace, body: {} })
          : await api.createKey({ params: workspace, body: { scope: flags.scope ?? "send", ...expires } });
      if (flags.json) return context.say(JSON.stringify(created));
      // The key alone on stdout, so that it can be piped into a secret store without passing a screen.
      context.say("key" in created ? created.key : created.secret);
      context.note(
        `${NEXT[kind]} It is shown only now: the engine ${kind === "secret" ? "never shows it again" : "keeps its hash"}.`,
      );
    });
}

function requireScope(kind: KeyKind, scope: Scope | undefined): void {
  if ((kind === "api") === (scope !== undefined)) return;
  throw usageError(
    kind === "api"
      ? `An api key needs --scope ${SCOPES.join(" or ")}.`
      : "--scope is for api keys; an event key can only send.",
  );
}

function readDays(kind: KeyKind, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (kind === "secret")
    throw usageError("--days is for keys; a secret is retired with `keys revoke secret`.");
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw usageError(`--days is ${JSON.stringify(text)}; allowed is a whole number from 1.`);
}

const NEXT: Record<KeyKind, string> = {
  event: "Give it to who sends events, as DURABLE_EVENT_KEY.",
  api: "Send it as `authorization: Bearer ...`; the command line takes it as DURABLE_API_KEY.",
  secret: "Give it to the app as DURABLE_SECRET (while you rotate: the new one first, a space, the old one).",
};
