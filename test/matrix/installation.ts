import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { npm, run } from "../frameworks/programs.ts";
import type { Host } from "./host.ts";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));
/** Kept between runs, and never in git. Not below `node_modules`, where no runtime takes TypeScript. */
const KEPT = fileURLToPath(new URL(".installed", import.meta.url));
/** Those of the Node that runs this lie beside it; others would be fetched. */
const HEADERS = { npm_config_nodedir: join(process.execPath, "../..") };
const STAYS = ["node_modules", "package-lock.json", ".installed.json"];

/** Makes the SDK's package once, as it is published. @returns the path of its tarball. */
export async function packSdk(folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const said = await run({ folder: REPOSITORY }, "node", "sdk-ts/scripts/pack.mjs", folder);
  return said.trim().split("\n").at(-1)!;
}

/**
 * The host's project with its packages and this SDK, and nothing else that was there. Installs only when the list of
 * packages is another one than last time.
 *
 * @param within Where hosts without packages have their projects; what is installed is kept in the repository.
 */
export async function install(host: Host, sdk: string, within: string): Promise<string> {
  const hasPackages = Object.keys(host.packages).length > 0;
  const folder = join(hasPackages ? KEPT : within, host.project ?? host.name);
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    if (!STAYS.includes(name)) rmSync(join(folder, name), { recursive: true });
  }
  const manifest = JSON.stringify({
    private: true,
    ...(host.isCommonJs ? {} : { type: "module" }),
    dependencies: host.packages,
  });
  writeFileSync(join(folder, "package.json"), manifest);
  const stamp = join(folder, ".installed.json");
  if (hasPackages && (!existsSync(stamp) || readFileSync(stamp, "utf8") !== manifest)) {
    rmSync(stamp, { force: true });
    await npm({ folder }, "install", "--ignore-scripts", "--prefer-offline");
    if (host.compiled !== undefined) await npm({ folder, env: HEADERS }, "rebuild", ...host.compiled);
    writeFileSync(stamp, manifest);
  }
  const place = join(folder, "node_modules/@durable/sdk");
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  await run({ folder }, "tar", "-xzf", sdk, "-C", place, "--strip-components=1");
  return folder;
}
