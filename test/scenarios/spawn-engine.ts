import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { ApiAnswer } from "./api-engine.ts";

const PROGRAM = fileURLToPath(new URL("engine-process.ts", import.meta.url));

/** An engine as a process of its own, with the port of its door. */
export interface SpawnedEngine {
  readonly pid: number;
  readonly port: number;
  call(method: string, path: string, body?: unknown): Promise<ApiAnswer>;
  /** SIGKILL, as a power cut would; resolves when it is gone. */
  kill(): Promise<void>;
}

/** A busy machine may hold up a process for a second, and who is not killed shall keep its leases. */
const LEASE_MS = 4_000;

/** @throws Error when it ends before it is up. */
export async function spawnEngine(databaseUrl: string): Promise<SpawnedEngine> {
  const args = [PROGRAM, databaseUrl, String(LEASE_MS)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const exit = once(child, "exit");
  const early = exit.then(() => Promise.reject(new Error("the engine did not start")));
  early.catch(() => {});
  const [port] = await Promise.race([once(child.stdout!, "data"), early]);
  const url = `http://127.0.0.1:${String(port).trim()}`;
  return {
    pid: child.pid!,
    port: Number(port),
    async call(method, path, body) {
      const headers = { "content-type": "application/json" };
      const request = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
      const response = await fetch(url + path, request);
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, json: JSON.parse(text) };
    },
    async kill() {
      child.kill("SIGKILL");
      await exit;
    },
  };
}
