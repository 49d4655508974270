import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Folders for tests, all below one that carries our process id. They are removed when we end; what a SIGKILL left
 * is removed by the next run that finds its process gone. Never `~/.durable`.
 */
const PREFIX = "durable-test-";
/** Servers run as an unprivileged account and must be able to walk through; reading is for us alone. */
const TRAVERSABLE = 0o711;
const roots = new Map<string, string>();

export function tempFolder(name: string, base: string = tmpdir()): string {
  const root = roots.get(base) ?? createRoot(base);
  roots.set(base, root);
  const folder = mkdtempSync(join(root, `${name}-`));
  chmodSync(folder, TRAVERSABLE);
  return folder;
}

function createRoot(base: string): string {
  for (const entry of readdirSync(base)) {
    const pid = new RegExp(`^${PREFIX}(\\d+)$`).exec(entry)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    try {
      rmSync(join(base, entry), { recursive: true, force: true });
    } catch {
      // Another user's: theirs to remove.
    }
  }
  const folder = join(base, `${PREFIX}${process.pid}`);
  mkdirSync(folder, { recursive: true, mode: TRAVERSABLE });
  // Again when a program that was told to end too still writes there.
  process.once("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
