import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./programs.ts";
import { commandLike } from "./readme.ts";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));
const DESTINATION = '"$PWD/packages"';

/** Packs as the README says, but into `<folder>/durable/packages`, as if the repository had been cloned there. */
export async function packInto(folder: string): Promise<void> {
  const command = commandLike("npx -y pnpm@12.21.0 --filter");
  if (!command.includes(DESTINATION)) throw new Error(`README.md does not pack into ${DESTINATION}`);
  const packages = join(folder, "durable", "packages");
  mkdirSync(packages, { recursive: true });
  await run({ folder: REPOSITORY }, "sh", "-c", command.replace(DESTINATION, `'${packages}'`));
}
