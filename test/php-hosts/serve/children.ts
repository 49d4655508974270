// The processes of one host: they end with it, and it with them.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";

/** Whoever kills us outright takes them with us. */
const SETPRIV = "/usr/bin/setpriv";
const FOLLOWING = existsSync(SETPRIV) ? [SETPRIV, "--pdeathsig", "TERM"] : [];
const children = new Set<ChildProcess>();
let isEnding = false;

process.once("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void end(0));

/** What it says goes where we say things. One that ends by itself ends the host. */
export function spawnChild(command: string, args: readonly string[]): ChildProcess {
  const [first, ...rest] = [...FOLLOWING, command, ...args];
  const child = spawn(first!, rest, { stdio: ["ignore", "inherit", "pipe"] });
  children.add(child);
  child.stderr!.on("data", (chunk: Buffer) => process.stderr.write(chunk));
  child.once("error", (error) => {
    console.error(error.message);
    void end(1);
  });
  child.once("exit", (code, signal) => {
    children.delete(child);
    if (isEnding) return;
    console.error(`${command} ended by itself with ${code ?? signal}`);
    void end(1);
  });
  return child;
}

async function end(code: number): Promise<never> {
  isEnding = true;
  const all = [...children].map((child) => {
    child.kill("SIGTERM");
    return once(child, "exit");
  });
  await Promise.all(all);
  process.exit(code);
}
