// The app under test as a child of the kit, with all that it must be told.

import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { CannotBegin } from "../begin.ts";
import { Group } from "./group.ts";

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

/**
 * Resolves when something answers at `url`, whatever it says.
 * @throws CannotBegin when nothing does, or somebody else does already.
 */
export async function startApp(
  command: string,
  url: URL,
  { secret, engineUrl, canary }: AppEnvironment,
): Promise<StartedApp> {
  if (await answers(url)) {
    throw new CannotBegin(
      `Something answers at ${url.origin} already, and it would be tried in place of what --start begins. End it, or name another port.`,
    );
  }
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
  const said = hear(child);
  const group = new Group(child);
  const deadlineMs = performance.now() + START_MS;
  while (!(await answers(url))) {
    const isOver = group.isOver;
    if (isOver || performance.now() > deadlineMs) {
      await group.stop();
      const what = isOver
        ? "ended before it listened"
        : `does not listen at ${url.origin} after ${START_MS / 1_000} s`;
      throw new CannotBegin(
        `What --start began ${what}. It is told its port by PORT. It said: ${said.text.trim() || "nothing"}`,
      );
    }
    await sleep(30);
  }
  return group;
}

function hear({ stdout, stderr }: ChildProcess): { text: string } {
  const said = { text: "" };
  for (const stream of [stdout, stderr]) {
    stream?.on("data", (piece: Buffer) => {
      said.text = (said.text + piece.toString()).slice(-2_000);
    });
  }
  return said;
}

async function answers(url: URL): Promise<boolean> {
  try {
    await fetch(url, { method: "GET", redirect: "manual", signal: AbortSignal.timeout(2_000) });
    return true;
  } catch {
    return false;
  }
}
