// The app under test as a child of the kit, with all that it must be told.

import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { CannotBegin } from "../begin.ts";

export interface StartedApp {
  stop(): Promise<void>;
}

export interface AppEnvironment {
  readonly secret: string;
  /** Where the kit listens. */
  readonly engineUrl: string;
  readonly canary: string | undefined;
}

/** How long an app may take until it listens. */
const START_MS = 20_000;
const STOP_MS = 3_000;

/** Resolves when something answers at `url`, whatever it says. */
export async function startApp(
  command: string,
  url: URL,
  { secret, engineUrl, canary }: AppEnvironment,
): Promise<StartedApp> {
  const child = spawn(command, {
    shell: true,
    // A group of its own: a shell and what it starts end together.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      DURABLE_SECRET: secret,
      DURABLE_URL: engineUrl,
      PORT: url.port,
      ...(canary !== undefined && { CONFORMANCE_CANARY: canary }),
    },
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (piece: Buffer) => {
      said = (said + piece.toString()).slice(-2_000);
    });
  }
  const app = { stop: () => stop(child) };
  const deadlineMs = performance.now() + START_MS;
  while (!(await answers(url))) {
    const isOver = child.exitCode !== null || child.signalCode !== null;
    if (isOver || performance.now() > deadlineMs) {
      await app.stop();
      const what = isOver
        ? "ended before it listened"
        : `does not listen at ${url.origin} after ${START_MS / 1_000} s`;
      throw new CannotBegin(
        `What --start began ${what}. It is told its port by PORT. It said: ${said.trim() || "nothing"}`,
      );
    }
    await sleep(30);
  }
  return app;
}

async function answers(url: URL): Promise<boolean> {
  try {
    await fetch(url, { method: "GET", redirect: "manual", signal: AbortSignal.timeout(2_000) });
    return true;
  } catch {
    return false;
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  signal(child.pid, "SIGTERM");
  if ((await Promise.race([ended.then(() => true), sleep(STOP_MS, false, { ref: false })])) === false) {
    signal(child.pid, "SIGKILL");
    await ended;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch {
    // It has just ended.
  }
}
