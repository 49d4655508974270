import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Framework, filesOf } from "./frameworks.ts";
import { npm, run } from "./programs.ts";
import { commandLike } from "./readme.ts";

const INSTALL = commandLike("npm install ../durable/");
/** The README installs the engine beside it; an app on its own needs only this. */
const SDK_ONLY = ["../durable/packages/durable-sdk-*.tgz"];

export interface ProjectOptions {
  /** With the command line too, as the README has it; else the SDK alone, which is how it will be on npm. */
  readonly withEngine: boolean;
  readonly withTypes: boolean;
}

/** An empty project outside the repository, with a framework, the packed packages and the README's files. */
export async function createProject(
  folder: string,
  framework: Framework,
  { withEngine, withTypes }: ProjectOptions,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await npm({ folder }, "init", "-y");
  // create-next-app leaves `type` out, and `npm init` of today writes "commonjs".
  const isNext = framework.snippet === "next";
  await npm({ folder }, "pkg", ...(isNext ? ["delete", "type"] : ["set", "type=module"]));
  const tools = withTypes ? ["typescript", "@types/node@24", ...framework.types] : [];
  const registry = [...framework.packages, ...tools];
  if (registry.length > 0) await npm({ folder }, "install", ...registry);
  const packed = withEngine ? INSTALL : `npm install ${SDK_ONLY.join(" ")}`;
  await run({ folder }, "sh", "-c", `${packed} --no-audit --no-fund --loglevel=error`);
  for (const { file, code } of filesOf(framework)) {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, code);
  }
}

/** The README's code under a strict compiler, or the framework's own build. */
export async function checkTypes(folder: string, { build }: Framework): Promise<void> {
  if (build !== undefined) {
    const [command, ...args] = build;
    await run({ folder }, command, ...args);
    return;
  }
  await run(
    { folder },
    join(folder, "node_modules/.bin/tsc"),
    ..."--noEmit --strict --skipLibCheck --module nodenext --target es2022 --types node".split(" "),
    ..."--allowImportingTsExtensions functions.ts server.ts send.ts".split(" "),
  );
}
