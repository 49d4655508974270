// Builds what engines serve into engine/dashboard, each file beside its compressed forms. `--if-stale`: only when the sources, this
// script or the lock file are others than those of the last build.
import { createHash } from "node:crypto";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "vite";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const OUT = fileURLToPath(new URL("../../engine/dashboard", import.meta.url));
const STAMP = join(OUT, "built-from");
const COMPRESSED = /\.(js|css|html|svg|json)$/;

const state = stateOfSources();
if (!process.argv.includes("--if-stale") || readStamp() !== state) {
  const startedMs = performance.now();
  await build({ configFile: join(ROOT, "vite.config.ts"), logLevel: "warn" });
  for (const file of globSync("**/*", { cwd: OUT }).filter((name) => COMPRESSED.test(name)))
    compress(join(OUT, file));
  writeFileSync(STAMP, state);
  console.log(`The dashboard is built (${((performance.now() - startedMs) / 1000).toFixed(1)} s).`);
}

function compress(file: string): void {
  const bytes = readFileSync(file);
  writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  writeFileSync(
    `${file}.br`,
    brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
  );
}

function stateOfSources(): string {
  const hash = createHash("sha256");
  const files = [
    "index.html",
    "vite.config.ts",
    "package.json",
    "../pnpm-lock.yaml",
    ...globSync("{src,scripts}/**/*.*", { cwd: ROOT }),
  ];
  for (const file of files.toSorted()) hash.update(`${file}\n`).update(readFileSync(join(ROOT, file)));
  return hash.digest("hex");
}

function readStamp(): string | null {
  try {
    return readFileSync(STAMP, "utf8");
  } catch {
    return null;
  }
}
