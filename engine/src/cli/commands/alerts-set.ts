import { parseDuration } from "@durable/protocol/wire";
import { Command } from "commander";
import { usageError } from "../cli-error.ts";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

interface SetFlags extends TargetFlags {
  readonly on?: true;
  readonly off?: true;
  readonly mute?: string;
  readonly option?: readonly string[];
  readonly reason?: string;
}

export function alertsSetCommand(context: Context): Command {
  return withTarget(new Command("set"))
    .description("change when an alert of a kind is told, or mute it for a while")
    .argument("<kind>", "as in durable alerts rules")
    .option("--on", "look for it")
    .option("--off", "do not look for it")
    .option("--mute <duration>", "tell nobody for so long: 2h; 0s ends it")
    .option("--option <name=number...>", "queued=500; name=default goes back")
    .option("--reason <text>", "kept in the audit log, for whoever asks later")
    .action(async (kind: string, flags: SetFlags) => {
      const { on, off, mute, option, reason } = flags;
      const body = {
        ...(on && { enabled: true }),
        ...(off && { enabled: false }),
        ...(mute !== undefined && { mute_s: parseDuration(mute) / 1_000 }),
        ...(option !== undefined && { options: Object.fromEntries(option.map(optionOf)) }),
        reason,
      };
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const rule = await api.setAlertRule({ params: { ...workspace, kind }, body });
      if (flags.json) return context.say(JSON.stringify(rule));
      const state = !rule.enabled
        ? "are not looked for"
        : rule.muted_until === null
          ? "are told"
          : `are told again from ${rule.muted_until}`;
      context.say(`Alerts of the kind ${rule.kind} ${state}: ${JSON.stringify(rule.options)}.`);
    });
}

function optionOf(text: string): [string, number | null] {
  const [, name, number] = /^(\w+)=(default|\d+(?:\.\d+)?)$/.exec(text) ?? [];
  if (name === undefined) throw usageError(`--option is ${JSON.stringify(text)}; say it as in queued=500.`);
  return [name, number === "default" ? null : Number(number)];
}
