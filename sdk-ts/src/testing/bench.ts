import { nodeModule } from "../runtime/node-module.ts";

/** What stands still until the clock moves or somebody sends something. */
export interface Rest {
  /** Work that the engine has, or will find by itself. 0: all is at rest. */
  readonly busy: number;
  /** Until the next timer; null when there is none. */
  readonly nextDueMs: number | null;
  /** Until the next tick of a schedule; null when there is none. */
  readonly nextTickMs: number | null;
  readonly nowMs: number;
}

/** From which level on the engine says what it does. */
export type LogLevel = "silent" | "warn" | "info" | "debug";

/** What `@durable/engine/testing` gives: an engine in this process, which can die, and a clock that can be moved. */
export interface Bench {
  readonly url: string;
  start(): Promise<void>;
  kill(): Promise<void>;
  rest(): Promise<Rest>;
  advance(ms: number): Promise<void>;
  isOver(runId: string, fence: string): Promise<boolean>;
  close(): Promise<void>;
}

export interface EngineTesting {
  openBench(options: { postgresUrl?: string | undefined; log: LogLevel }): Promise<Bench>;
}

// In a variable, so that no bundler looks for a package that only tests need.
const ENGINE = "@durable/engine/testing";

/** The engine stands beside the SDK, or in the project whose tests these are. */
export async function loadEngine(): Promise<EngineTesting> {
  try {
    return await import(ENGINE);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  try {
    const { createRequire } = nodeModule("node:module")!;
    const { pathToFileURL } = nodeModule("node:url")!;
    const fromProject = createRequire(`${globalThis.process.cwd()}/package.json`);
    return await import(pathToFileURL(fromProject.resolve(ENGINE)).href);
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new Error(
      "The test kit runs the real engine, and @durable/engine is not installed here. Install it beside the SDK: npm install --save-dev @durable/engine",
      { cause: error },
    );
  }
}

function isMissing(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND";
}
