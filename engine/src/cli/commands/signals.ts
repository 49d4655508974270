import { Command } from "commander";
import type { Context } from "../context.ts";
import { signalsSendCommand } from "./signals-send.ts";

export function signalsCommand(context: Context): Command {
  return new Command("signals")
    .description("send signals to the runs that wait for them")
    .helpCommand(false)
    .addCommand(signalsSendCommand(context));
}
