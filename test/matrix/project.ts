// From a row to a project that can be started.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { runFor } from "../frameworks/programs.ts";
import { replaceOnce, snippetsOf } from "../frameworks/snippets.ts";
import { APP } from "./app/app-name.ts";
import { functionsFile } from "./functions-file.ts";
import type { Host, HostPlace, SnippetSource } from "./host.ts";

/** Next's takes 20 s, and ten times as long on a machine that is busy with other things. */
const BUILD_MS = 600_000;

/** Writes the files of the page, the functions and what users have anyway; bundles and builds as the host wants it. */
export async function makeProject(host: Host, folder: string): Promise<void> {
  if (host.snippet !== undefined) {
    writeInto(folder, { [host.functionsFile ?? "functions.ts"]: await functionsFile() });
    writeInto(folder, filesOf(host.snippet));
  }
  writeHostFiles(host, { folder, port: 0, env: {} });
  if (host.bundle !== undefined) await bundle(host.bundle, folder);
  if (host.build !== undefined) {
    const [command, ...args] = host.build;
    await runFor(BUILD_MS, { folder }, command, ...args);
  }
}

/** What depends on where it is started. */
export function writeHostFiles(host: Host, place: HostPlace): void {
  writeInto(place.folder, host.files?.(place) ?? {});
}

/** The page's files, serving our functions instead of the reader's one. */
export function filesOf({ page, framework }: SnippetSource): Record<string, string> {
  const own = snippetsOf(page).filter((snippet) => snippet.framework === framework);
  if (own.length === 0) throw new Error(`${page} has no snippet for ${framework}.`);
  return Object.fromEntries(own.map(({ file, code }) => [file, servingOurs(code)]));
}

/** A file that serves nothing stays as it is. */
function servingOurs(code: string): string {
  if (!code.includes("onboarding")) return code;
  return replaceOnce(
    replaceOnce(code, "import { onboarding } from", "import { functions } from"),
    'app: "shop", functions: [onboarding]',
    `app: "${APP}", functions`,
  );
}

async function bundle(how: NonNullable<Host["bundle"]>, folder: string): Promise<void> {
  await build({
    absWorkingDir: folder,
    entryPoints: [how.entry],
    outfile: how.out,
    bundle: true,
    format: "esm",
    platform: how.withPackages ? "neutral" : "node",
    packages: how.withPackages ? "bundle" : "external",
    target: "es2022",
    logLevel: "error",
    ...(how.conditions !== undefined && { conditions: [...how.conditions] }),
    ...(how.globals !== undefined && onlyWith(how.globals)),
  });
}

/** Of Node, and of no standard. */
const OF_NODE = ["Buffer", "global", "process", "setImmediate", "clearImmediate"];

/** Whoever asks for no wait gets none, as on Workers; Node would make a millisecond of it. */
const TIMERS = `
const setTimeout = (call, ms) => (ms > 0 ? globalThis.setTimeout(call, ms) : globalThis.setImmediate(call));
const clearTimeout = (timer) => (globalThis.clearTimeout(timer), globalThis.clearImmediate(timer));`;

/** Names of the module stand before those of the runtime. What Node's own `fetch` is made of stays as it is. */
function onlyWith(globals: readonly string[]) {
  const hidden = OF_NODE.map((name) => `const ${name} = undefined;`).join(" ");
  return {
    banner: { js: `${TIMERS}\nconst standards = { ${globals.join(", ")} }; ${hidden}` },
    define: { globalThis: "standards" },
  };
}

function writeInto(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}
