import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PATCHES = fileURLToPath(new URL("bugs", import.meta.url));
/** What an engine needs of the repository. */
const COPIED = ["engine", "protocol", "package.json"];

/** A mistake that somebody could make, as a patch. Chaos that does not notice it proves nothing. */
export interface Bug {
  readonly name: string;
  readonly patch: string;
}

export function bugs(): Bug[] {
  return readdirSync(PATCHES)
    .filter((file) => file.endsWith(".patch"))
    .sort()
    .map((file) => ({ name: file.replace(/\.patch$/, ""), patch: join(PATCHES, file) }));
}

/** Rejects with git's own words when the code has moved on and the patch must follow. */
export async function expectApplies({ patch }: Bug, root = ROOT): Promise<void> {
  await git(["apply", "--check", patch], root);
}

/** A copy of the engine with the bug in it; its packages are those of this repository. */
export async function copyWithBug(bug: Bug | null, folder: string): Promise<string> {
  const copy = join(folder, "engine-copy");
  mkdirSync(copy);
  for (const part of COPIED) {
    cpSync(join(ROOT, part), join(copy, part), { recursive: true, verbatimSymlinks: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
  if (bug !== null) await git(["apply", bug.patch], copy);
  return copy;
}

async function git(args: readonly string[], cwd: string): Promise<void> {
  // Not the repository that the folder may lie in by chance: paths in a patch would be relative to that one.
  await run("git", [...args], { cwd, env: { ...process.env, GIT_CEILING_DIRECTORIES: join(cwd, "..") } });
}
