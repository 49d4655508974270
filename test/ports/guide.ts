import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const GUIDE = readFileSync(join(ROOT, "docs/guides/porting.md"), "utf8");

/** The commands of the guide that are like this, in its order. */
export function commandsOf(like: RegExp): string[] {
  return [...GUIDE.matchAll(/^```sh\n(.*?)^```/gms)]
    .flatMap(([, block]) => block!.trim().split("\n"))
    .filter((command) => like.test(command));
}

/** The file that the guide shows by this name. */
export function fileOf(name: string): string {
  const [, text] = new RegExp(`^\`\`\`\\w+ file=${name}\\n(.*?)^\`\`\``, "ms").exec(GUIDE)!;
  return text!;
}
