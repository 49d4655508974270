import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A file that `npm test` leaves out, alone, with what it is told by its environment. */
export function vitestOnce(file: string, env: Readonly<Record<string, string>>): void {
  const args = ["run", "--config", "test/vitest.config.ts", file];
  const { status } = spawnSync(process.execPath, ["test/node_modules/vitest/vitest.mjs", ...args], {
    cwd: ROOT,
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  process.exitCode = status ?? 1;
}
