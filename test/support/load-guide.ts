import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { DurableFunction } from "@durable/sdk";
import { tempFolder } from "./temp-folder.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface LoadedGuide<Services> {
  readonly functions: readonly DurableFunction[];
  readonly services: Services;
}

/** The blocks of `docs/guides/<name>.md` that are marked `ts file=guide.ts`, as one file, run beside these services. */
export async function loadGuide<Services>(name: string, services: string): Promise<LoadedGuide<Services>> {
  const page = readFileSync(join(root, `docs/guides/${name}.md`), "utf8");
  const blocks = [...page.matchAll(/^```ts file=guide\.ts\n([\s\S]*?)^```$/gm)].map(([, block]) => block);
  const folder = tempFolder(`${name}-guide`);
  const link = join(folder, "node_modules/@durable/sdk");
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(join(root, "sdk-ts"), link);
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  writeFileSync(join(folder, "services.ts"), services);
  writeFileSync(join(folder, "guide.ts"), blocks.join("\n"));
  const load = (file: string) => import(pathToFileURL(join(folder, file)).href);
  return {
    services: await load("services.ts"),
    functions: Object.values(await load("guide.ts")) as DurableFunction[],
  };
}
