import { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

/** Production knows no discovery: an operator says where an app lives, after every deploy that changes functions. */
export function syncCommand(context: Context): Command {
  return withTarget(new Command("sync"))
    .description("ask an app for its functions; `dev` does this by itself")
    .argument(
      "[url]",
      "where the app answers, for example https://shop.example.com/api/durable (the last one)",
    )
    .action(async (url: string | undefined, flags: TargetFlags) => {
      const api = await apiOf(flags, context.environment);
      const { app, env } = await workspaceOf(flags, context.environment, api);
      const synced = await api.syncApp({ params: { app, env }, body: { url } });
      if (flags.json) return context.say(JSON.stringify(synced));
      context.say(`${app} (${env}) at ${synced.url}, ${synced.sdk}:`);
      for (const change of ["added", "changed", "removed", "unchanged"] as const) {
        for (const { id, version } of synced[change])
          context.say(`  ${change.padEnd(9)}  ${id}, version ${version}`);
      }
    });
}
