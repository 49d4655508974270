import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ensureSystemPackages } from "../../scripts/system-packages.ts";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A file that `npm test` leaves out, alone, with what it is told by its environment. A browser is installed where none is. */
export function vitestOnce(file: string, env: Readonly<Record<string, string>>): void {
  for (const missing of ensureSystemPackages(console.log)) console.warn(missing);
  const args = ["run", "--config", "test/vitest.config.ts", file];
  const { status } = spawnSync(process.execPath, ["test/node_modules/vitest/vitest.mjs", ...args], {
    cwd: ROOT,
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  process.exitCode = status ?? 1;
}
