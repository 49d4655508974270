import { cpSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./programs.ts";
import { commandLike } from "./readme.ts";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));
const PACKED = ["protocol", "protocol/conformance", "sdk-ts", "engine"];
/** The engine's package holds it, built. */
const ALSO_BUILT = ["dashboard"];

/**
 * Packs as the README says, in `<folder>/durable`, so that what is built beside running tests is never theirs.
 * The tarballs are in `durable/packages`.
 */
export async function packInto(folder: string): Promise<void> {
  const clone = join(folder, "durable");
  mkdirSync(clone, { recursive: true });
  const files = readdirSync(REPOSITORY, { withFileTypes: true }).filter((entry) => entry.isFile());
  for (const name of [...files.map((file) => file.name), ...PACKED, ...ALSO_BUILT]) {
    cpSync(join(REPOSITORY, name), join(clone, name), {
      recursive: true,
      filter: (path) => !["node_modules", "dist"].includes(basename(path)),
    });
  }
  // Installed already, and pnpm would only install the same again.
  for (const name of [".", ...PACKED, ...ALSO_BUILT])
    symlinkSync(join(REPOSITORY, name, "node_modules"), join(clone, name, "node_modules"));
  await run({ folder: clone }, "sh", "-c", commandLike("npx -y pnpm@12.21.0 --filter"));
}
