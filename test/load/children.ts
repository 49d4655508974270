import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Processes of the benchmark. Each is killed by its own id when its system stops, at the latest when we exit; and a
 * child whose channel to us closes (we were killed) ends by itself: `follow-boot.mjs`, loaded into each.
 */
export interface Child {
  readonly name: string;
  readonly pid: number;
  /** What the program said with its first message. */
  readonly hello: unknown;
  send(message: object | string): void;
  /** Hears every message until the returned function is called. */
  listen(hear: (message: unknown) => void): () => void;
  /** Rejects when the process ends, whenever that is. */
  readonly ended: Promise<never>;
  stop(): Promise<void>;
}

/** Sends a message and gives the next one that comes back. */
export async function ask(child: Child, question: object | string): Promise<unknown> {
  let leave = () => {};
  const answer = new Promise<unknown>((resolve) => {
    leave = child.listen(resolve);
  });
  child.send(question);
  try {
    return await Promise.race([answer, child.ended]);
  } finally {
    leave();
  }
}

export interface ChildOptions {
  readonly name: string;
  readonly script: URL;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Where the log goes. */
  readonly folder: string;
  /** For programs that do not greet us: resolves when it is ready. Default: the first message. */
  readonly ready?: () => Promise<boolean>;
}

const FOLLOW = new URL("../../scripts/boot/follow-boot.mjs", import.meta.url).href;
const START_MS = 60_000;
const STOP_MS = 5_000;
const living = new Set<ChildProcess>();
/** Of a child that only starts another program, that program. */
const grandchildren = new Map<ChildProcess, number>();

process.once("exit", () => {
  for (const child of living) {
    child.kill("SIGKILL");
    const pid = grandchildren.get(child);
    if (pid !== undefined) killQuietly(pid);
  }
});

let profiles: string | null = null;

/** From now on each child leaves a CPU profile there when it is stopped. */
export function profileInto(folder: string | null): void {
  profiles = folder;
}

let profiled = 0;

function profiling(name: string): string[] {
  if (profiles === null) return [];
  profiled += 1;
  return ["--cpu-prof", `--cpu-prof-dir=${profiles}`, `--cpu-prof-name=${profiled}-${name}.cpuprofile`];
}

export async function startChild(options: ChildOptions): Promise<Child> {
  const logFile = join(options.folder, `${options.name}.log`);
  const log = openSync(logFile, "a");
  const child = spawn(
    process.execPath,
    [...profiling(options.name), "--import", FOLLOW, options.script.pathname, ...(options.args ?? [])],
    {
      env: { ...process.env, NODE_ENV: "production", ...options.env },
      stdio: ["ignore", log, log, "ipc"],
      cwd: options.folder,
    },
  );
  closeSync(log);
  living.add(child);
  child.once("exit", () => living.delete(child));
  const ended = endOf(child, options.name, logFile);
  const hello = await readiness(child, options, ended);
  const { pid } = (hello ?? {}) as { pid?: number };
  if (pid !== undefined) grandchildren.set(child, pid);
  return {
    name: options.name,
    pid: child.pid!,
    hello,
    send: (message) => void child.send(message),
    listen: (hear) => {
      child.on("message", hear);
      return () => child.off("message", hear);
    },
    ended,
    stop: () => stop(child),
  };
}

function endOf(child: ChildProcess, name: string, logFile: string): Promise<never> {
  const ended = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      const said = readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-25).join("\n");
      reject(new Error(`The process "${name}" ended (${signal ?? `status ${code}`}). It said:\n${said}`));
    });
  });
  // We end most of them ourselves, and then nobody waits.
  ended.catch(() => {});
  return ended;
}

async function readiness(
  child: ChildProcess,
  options: ChildOptions,
  ended: Promise<never>,
): Promise<unknown> {
  const timer = new AbortController();
  const late = sleep(START_MS, undefined, { signal: timer.signal }).then(
    () => {
      child.kill("SIGKILL");
      throw new Error(`The process "${options.name}" was not ready within ${START_MS / 1000} s.`);
    },
    () => undefined,
  );
  const greeted = options.ready === undefined ? message(child) : poll(options.ready, timer.signal);
  try {
    return await Promise.race([greeted, ended, late]);
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  } finally {
    timer.abort();
  }
}

function message(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => child.once("message", resolve));
}

async function poll(ready: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    if (await ready().catch(() => false)) return;
    await sleep(25);
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Already gone.
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const kill = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
  await ended;
  clearTimeout(kill);
}
