import { createInterface } from "node:readline/promises";
import type { SecondClick } from "../http/client.ts";
import { CliError } from "./cli-error.ts";
import { EXIT } from "./exit-codes.ts";

/**
 * The second click of a terminal: the workspace's name, typed. Scripts say it in advance.
 * @param named `--confirm`.
 */
export async function confirmChange(
  { app, environment, summary }: Pick<SecondClick, "app" | "environment" | "summary">,
  named: string | undefined,
): Promise<boolean> {
  const workspace = `${app}/${environment}`;
  if (named !== undefined) {
    if (named === workspace) return true;
    throw refused(`--confirm names ${JSON.stringify(named)}, and this would change ${workspace}.`);
  }
  const { stdin: input, stderr: output } = process;
  if (!input.isTTY || !output.isTTY) {
    throw refused(`${workspace} is marked production ("${summary}"): say --confirm ${workspace} to do it.`);
  }
  const terminal = createInterface({ input, output });
  try {
    const typed = await terminal.question(
      `${workspace} is production. ${summary}? Type ${workspace} to do it: `,
    );
    if (typed.trim() === workspace) return true;
  } finally {
    terminal.close();
  }
  throw refused("It was not confirmed.");
}

function refused(why: string): CliError {
  return new CliError(EXIT.denied, `${why} Nothing was changed.`);
}
