import { Command } from "commander";
import type { InputOf } from "../../http/contract/api.ts";
import { usageError } from "../cli-error.ts";
import type { Context } from "../context.ts";
import { functionOf } from "../function-argument.ts";
import { jsonFlag } from "../json-flag.ts";
import { apiOf, type TargetFlags, withTarget } from "../target.ts";

/** The engine judges the values: it knows what is allowed, and says so. */
type Body = NonNullable<InputOf<"createSchedule">["body"]>;

interface CreateFlags extends TargetFlags {
  readonly tz?: string;
  readonly if?: string;
  readonly jitter?: string;
  readonly catchUp?: string;
  readonly overlap?: string;
  readonly data?: string;
}

export function schedulesCreateCommand(context: Context): Command {
  return withTarget(new Command("create"))
    .description("create a schedule of a function")
    .argument("<id>", "what it is called")
    .argument("<app/function>", "for example shop/report; the app may be left out where there is only one")
    .argument("<cron>", 'five fields, or six with seconds first: "0 9 * * mon-fri"')
    .option("--tz <zone>", "IANA time zone (UTC)")
    .option("--if <expression>", "CEL over the event of a tick; one for which it does not hold starts no run")
    .option("--jitter <seconds>", "a run begins up to so much after its tick")
    .option("--catch-up <ticks>", "after a time without engines: none, last (unless told) or all")
    .option(
      "--overlap <policy>",
      "while an earlier run is under way: allow (unless told), skip, queue or cancel",
    )
    .option("--data <json>", "what its runs get as their event's data")
    .action(async (id: string, name: string, cron: string, flags: CreateFlags) => {
      const api = await apiOf(flags, context.environment);
      const { fn, ...workspace } = await functionOf(name, flags, context.environment, api);
      const { tz, jitter, catchUp: catch_up, overlap } = flags;
      if (jitter !== undefined && !/^\d+$/.test(jitter))
        throw usageError(`--jitter is ${JSON.stringify(jitter)}, and must be a whole number of seconds.`);
      const { value: data } = jsonFlag("--data", flags.data);
      const body = {
        id,
        function: fn,
        cron,
        tz,
        if: flags.if,
        jitter_ms: jitter === undefined ? undefined : Number(jitter) * 1_000,
        catch_up,
        overlap,
        data,
      } as Body;
      const answer = await api.createSchedule({ params: workspace, body });
      context.say(
        flags.json
          ? JSON.stringify(answer)
          : `The schedule ${id} starts ${fn} next at ${answer.next[0] ?? "no time"}.`,
      );
    });
}
