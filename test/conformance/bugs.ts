import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PATCHES = fileURLToPath(new URL("bugs", import.meta.url));
/** What the fixture needs of the repository. */
const COPIED = [
  "protocol",
  "sdk-ts",
  "test/conformance/apps",
  "test/node_modules",
  "test/package.json",
  "package.json",
];

/** A mistake that whoever ports could make, as a patch of the SDK for TypeScript. */
export function bugs(): { readonly name: string; readonly patch: string }[] {
  return readdirSync(PATCHES)
    .filter((file) => file.endsWith(".patch"))
    .sort()
    .map((file) => ({ name: file.replace(/\.patch$/, ""), patch: join(PATCHES, file) }));
}

/** The fixture and the SDK it stands on, elsewhere; packages are those of this repository. */
export class Copy {
  readonly #path: string;

  constructor(folder: string) {
    this.#path = join(folder, "copy");
    for (const part of COPIED) {
      mkdirSync(join(this.#path, part, ".."), { recursive: true });
      cpSync(join(ROOT, part), join(this.#path, part), {
        recursive: true,
        verbatimSymlinks: true,
        filter: (path) => basename(path) !== "dist",
      });
    }
    symlinkSync(join(ROOT, "node_modules"), join(this.#path, "node_modules"));
  }

  get fixture(): string {
    return join(this.#path, "test/conformance/apps/typescript.ts");
  }

  /** Rejects with git's own words when the code has moved on and the patch must follow. */
  async withBug(patch: string, act: () => Promise<void>): Promise<void> {
    await this.#git("apply", patch);
    try {
      await act();
    } finally {
      await this.#git("apply", "--reverse", patch);
    }
  }

  async #git(...args: string[]): Promise<void> {
    // Not the repository that the folder may lie in by chance: paths in a patch would be relative to that one.
    const env = { ...process.env, GIT_CEILING_DIRECTORIES: join(this.#path, "..") };
    await run("git", args, { cwd: this.#path, env });
  }
}
