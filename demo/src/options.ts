import { homedir } from "node:os";
import { join, resolve } from "node:path";

export interface Options {
  /** For tests and scripts: plain lines, and exit 0 once the first run has completed. */
  readonly exitWhenDone: boolean;
  readonly port: number;
  readonly dataDir: string;
  readonly ledgerFile: string;
}

const USAGE = "npm start -- [--exit-when-done]";

/** @throws Error with a sentence. The engine reads and checks the DURABLE_ variables itself. */
export function readOptions(args: readonly string[], environment: NodeJS.ProcessEnv): Options {
  const unknown = args.find((arg) => arg !== "--exit-when-done");
  if (unknown !== undefined)
    throw new Error(`${JSON.stringify(unknown)} is not known; the demo takes: ${USAGE}`);
  const dataDir = resolve(
    environment["DURABLE_DATA_DIR"]?.replace(/^~(?=\/|$)/, homedir()) || join(homedir(), ".durable"),
  );
  return {
    exitWhenDone: args.includes("--exit-when-done"),
    port: Number(environment["DURABLE_PORT"]?.trim() || 4400),
    dataDir,
    ledgerFile: join(dataDir, "demo-ledger.jsonl"),
  };
}
