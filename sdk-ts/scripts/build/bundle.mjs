import { rmSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { entries } from "./package.mjs";
import { settleSourceMaps } from "./source-maps.mjs";
import { writeTypes } from "./types.mjs";

/** Writes what is published of the code into `dist`: every entry with nothing left to install, and its types. */
export async function buildInto(dist) {
  rmSync(dist, { recursive: true, force: true });
  const folder = fileURLToPath(new URL("../..", import.meta.url));
  await build({
    absWorkingDir: folder,
    entryPoints: Object.fromEntries(entries.map(({ name, source }) => [name, source])),
    outdir: dist,
    bundle: true,
    splitting: true,
    format: "esm",
    // No runtime's own modules are imported; what Node has is asked for with process.getBuiltinModule.
    platform: "neutral",
    target: "es2022",
    chunkNames: "chunks/[hash]",
    legalComments: "inline",
    sourcemap: true,
  });
  settleSourceMaps(dist, resolve(folder, ".."));
  writeTypes(
    entries.map(({ source }) => source),
    dist,
  );
}
