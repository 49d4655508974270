import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { npm } from "../frameworks/programs.ts";
import type { Host } from "./host.ts";

/** Kept between runs, and never in git. */
const KEPT = fileURLToPath(new URL(".installed", import.meta.url));

/** Installs what the host needs of the npm registry, where that is another list than last time. */
export async function installPackages(host: Host, project: string): Promise<void> {
  if (Object.keys(host.packages).length === 0) return;
  const folder = join(KEPT, host.project ?? host.name);
  const manifest = JSON.stringify({ private: true, type: "module", dependencies: host.packages });
  const stamp = join(folder, ".installed.json");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== manifest) {
    mkdirSync(folder, { recursive: true });
    rmSync(stamp, { force: true });
    writeFileSync(join(folder, "package.json"), manifest);
    await npm({ folder }, "install", "--ignore-scripts", "--prefer-offline");
    writeFileSync(stamp, manifest);
  }
  writeFileSync(join(project, "package.json"), manifest);
  symlinkSync(join(folder, "node_modules"), join(project, "node_modules"));
}
