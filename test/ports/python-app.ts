import { spawn } from "node:child_process";
import { once } from "node:events";
import { DEV_SECRET } from "@durable/protocol/wire";
import { expect } from "vitest";
import type { startEngine } from "../scenarios/api-engine.ts";

type Engine = Awaited<ReturnType<typeof startEngine>>;

/** A Python program that prints its address, as a process of its own. */
export async function startPython(file: string, cwd: string, environment: Record<string, string> = {}) {
  const child = spawn("python3", [file], {
    cwd,
    env: {
      ...process.env,
      DURABLE_SECRET: DEV_SECRET,
      PORT: "0",
      PYTHONDONTWRITEBYTECODE: "1",
      ...environment,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const early = once(child, "exit").then(() => Promise.reject(new Error(`${file} did not start`)));
  early.catch(() => {});
  const [said] = await Promise.race([once(child.stdout, "data"), early]);
  return {
    url: String(said).trim(),
    async stop(): Promise<void> {
      const ended = once(child, "exit");
      child.kill();
      await ended;
    },
  };
}

export async function sync(engine: Engine, app: string, url: string): Promise<void> {
  const synced = await engine.call("POST", `/v1/apps/${app}/dev/sync`, { url });
  expect(synced.status, synced.text).toBe(200);
}
