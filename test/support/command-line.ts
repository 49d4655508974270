import { EXIT } from "../../engine/src/cli/exit-codes.ts";
import { main } from "../../engine/src/cli/main.ts";
import { PLAIN } from "../../engine/src/cli/terminal/paint.ts";

/** How a command ended: its exit code, and what it wrote where. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/**
 * The command line without a process of its own, which costs half a second. It knows no other environment than this.
 * What stands around it, the door, signals and a terminal, is tried in cli.test.ts.
 */
export async function runCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Ended> {
  let out = "";
  let err = "";
  const code = await main(args, {
    environment,
    paint: PLAIN,
    say(line) {
      out += `${line}\n`;
    },
    note(line) {
      err += `${line}\n`;
    },
    exitCode: EXIT.ok,
  });
  return { code, out, err };
}

/** What a command that succeeds answers. */
export async function saidBy(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const { code, out, err } = await runCommand(args, environment);
  if (code !== EXIT.ok) throw new Error(`durable ${args.join(" ")} ended with ${code}: ${err}`);
  return out;
}
