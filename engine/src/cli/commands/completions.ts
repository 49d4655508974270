import { Argument, Command } from "commander";
import { LINES, SCRIPTS, SHELLS, type Shell } from "../completion/shells.ts";
import { whatMayCome } from "../completion/what-may-come.ts";
import type { Context } from "../context.ts";
import { environmentFor } from "../profiles/use-profile.ts";

export function completionsCommand(context: Context): Command {
  return new Command("completions")
    .description("print what makes a shell complete commands, flags, runs and functions")
    .addArgument(new Argument("<shell>", "which shell").choices(SHELLS))
    .argument("[words...]", "what is written so far, behind --: prints what may come next")
    .action(async (shell: Shell, words: string[], _flags: object, command: Command) => {
      if (words.length === 0) return context.say(SCRIPTS[shell]);
      const { candidates, asked, flags } = whatMayCome(command.parent!, words);
      const partial = words.at(-1)!;
      for (const each of asked === null ? candidates : await known(context, asked, flags))
        if (each.value.startsWith(partial)) context.say(LINES[shell](each));
    });
}

async function known(context: Context, asked: string, flags: Readonly<Record<string, string>>) {
  const { knownValues } = await import("../completion/known-values.ts");
  try {
    const { environment } = environmentFor(context.environment, flags);
    return await knownValues(asked, flags, environment);
  } catch {
    // The command itself will say what is wrong with its profile.
    return [];
  }
}
