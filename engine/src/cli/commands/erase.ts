import { Command } from "commander";
import { usageError } from "../cli-error.ts";
import type { Context } from "../context.ts";
import { followErasure, sayErasure } from "../follow-erasure.ts";
import { ownerOf } from "../owner-argument.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

interface EraseFlags extends TargetFlags {
  readonly owner: string;
  readonly live: string;
  readonly preview?: true;
  readonly wait: boolean;
  readonly reason?: string;
}

export function eraseCommand(context: Context): Command {
  return withTarget(new Command("erase"))
    .description("erase all events and runs of one owner, for good: --preview first")
    .requiredOption(
      "--owner <path=value>",
      "whose event has this value there, as with export --of: user.id=42, tenant=acme",
    )
    .option("--live <what>", "runs that have not ended: refuse, or cancel them first", "refuse")
    .option("--preview", "count what is theirs, and erase nothing")
    .option("--no-wait", "come back at once; durable erasures says how far it is")
    .option("--reason <text>", "kept in the audit log, for whoever asks later")
    .action(async (flags: EraseFlags) => {
      const { live, reason } = flags;
      if (live !== "refuse" && live !== "cancel")
        throw usageError(`--live is ${JSON.stringify(live)}; allowed are refuse and cancel.`);
      const { path, value } = ownerOf("--owner", flags.owner);
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const begun = await api.eraseOwner({
        params: workspace,
        query: { preview: flags.preview === true ? "true" : "false" },
        body: { path, value: JSON.parse(value) as string | number | boolean, live, reason },
      });
      const params = { ...workspace, id: begun.id };
      const erasure = flags.wait ? await followErasure(api, params) : begun;
      if (flags.json) context.say(JSON.stringify(erasure));
      else sayErasure(context, erasure);
    });
}
