// Programs in somebody's project: run to their end, or kept running and stopped by their own process id.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const STOP_MS = 20_000;
/** An installation over a slow line, a build on a busy machine; what takes longer hangs. */
const RUN_MS = 150_000;
const living = new Set<ChildProcess>();

process.once("exit", () => {
  for (const child of living) child.kill("SIGKILL");
});

/** Loaded into what keeps running under Node: it ends when we are gone, whatever ended us. */
const FOLLOW = new URL("../../scripts/boot/follow-boot.mjs", import.meta.url).href;
const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));

export interface Place {
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program; rejects with everything it said when it fails. */
export function run(place: Place, command: string, ...args: string[]): Promise<string> {
  return runFor(RUN_MS, place, command, ...args);
}

/** The same, for one that may take longer. */
export async function runFor(
  limitMs: number,
  place: Place,
  command: string,
  ...args: string[]
): Promise<string> {
  const child = spawn(command, args, {
    cwd: place.folder,
    env: environment(place),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = hear(child);
  const late = setTimeout(() => child.kill("SIGKILL"), limitMs);
  const [code, signal] = await ended(child);
  clearTimeout(late);
  if (code === 0) return said.text;
  throw new Error(`${[command, ...args].join(" ")} ended with ${code ?? signal} and said:\n${said.text}`);
}

export interface Running {
  /** All it has said so far. */
  readonly said: () => string;
  /** Rejects when it ends before it was told to. */
  readonly alive: Promise<never>;
  stop(): Promise<void>;
}

export function start(place: Place, command: string, ...args: string[]): Running {
  // Not by NODE_OPTIONS: Next's own processes wait for messages on the channel that it would let go of.
  const followed = command === "node";
  const child = spawn(command, followed ? [`--import=${FOLLOW}`, ...args] : args, {
    cwd: place.folder,
    env: environment(place),
    stdio: ["ignore", "pipe", "pipe", ...(followed ? (["ipc"] as const) : [])],
  });
  const said = hear(child);
  const end = ended(child);
  let told = false;
  const alive = end.then(([code, signal]) => {
    if (told) return new Promise<never>(() => {});
    throw new Error(`${[command, ...args].join(" ")} ended with ${code ?? signal} and said:\n${said.text}`);
  });
  // Only who waits for it wants to hear of it.
  alive.catch(() => {});
  return {
    said: () => said.text,
    alive,
    async stop() {
      told = true;
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
      await end.catch(() => {});
      clearTimeout(late);
    },
  };
}

function hear(child: ChildProcess): { text: string } {
  const said = { text: "" };
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (said.text += chunk));
  return said;
}

async function ended(child: ChildProcess): Promise<[number | null, NodeJS.Signals | null]> {
  living.add(child);
  try {
    return (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  } finally {
    living.delete(child);
  }
}

/** A new user's: nothing of this repository, of npm, of the test runner or of Durable itself. */
function environment({ env = {} }: Place): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) =>
      !/^(npm_(?!config_)|NODE_(ENV|OPTIONS|PATH)$|DURABLE_|VITEST|TEST$|INIT_CWD$|PORT$|CI$)/i.test(name),
  );
  const path = (process.env["PATH"] ?? "").split(delimiter).filter((one) => !one.startsWith(REPOSITORY));
  return {
    ...Object.fromEntries(own),
    // Whatever `node` the machine has, theirs is one that runs TypeScript.
    PATH: [dirname(process.execPath), ...path].join(delimiter),
    npm_config_update_notifier: "false",
    NEXT_TELEMETRY_DISABLED: "1",
    ...env,
  };
}

/** npm, without what it says to people. */
export function npm(place: Place, ...args: string[]): Promise<string> {
  return run(place, "npm", ...args, "--no-audit", "--no-fund", "--loglevel=error");
}

export function inProject(folder: string, program: string): string {
  return join(folder, "node_modules", ".bin", program);
}
