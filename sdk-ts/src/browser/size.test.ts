// What a page has to load: @durable/sdk/browser as a bundler makes it.
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test } from "vitest";

const BYTES_MAX = 1_536;

test("it is small, and needs nothing but the browser", async () => {
  const entry = fileURLToPath(new URL("index.ts", import.meta.url));
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
  });
  const bytes = gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
  expect(bytes).toBeLessThan(BYTES_MAX);
  expect(Object.keys(metafile.inputs).filter((path) => !/browser\/[\w-]+\.ts$/.test(path))).toEqual([]);
});
