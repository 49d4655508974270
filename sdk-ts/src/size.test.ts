// What an app has to load where every kilobyte is loaded before the first request: `serve` and `createFunction` as a
// bundler makes them for a runtime that is nobody's in particular.
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test } from "vitest";

/**
 * Compressed. What is there is needed at any first request: all kinds of steps, strict JSON, signatures without a runtime's own,
 * and sentences that say what to do. Loading the lines back to the engine, calls and queries on demand would save 4 kB of it, and
 * cost a wait in the middle of a turn, where order is what counts.
 */
const BYTES_MAX = 42_000;

test("serve and createFunction are 42 kB at most, and import nothing, of Node or of anybody", async () => {
  const { outputFiles, metafile } = await build({
    stdin: {
      contents: 'export { createFunction } from "./function.ts"; export { serve } from "./serve.ts";',
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "neutral",
    target: "es2022",
  });
  const [output] = Object.values(metafile.outputs);
  expect(output!.imports).toEqual([]);
  expect(outputFiles[0]!.text).not.toMatch(/["']node:[\w/]+["']\s*\)?;?\s*(?:from|import)|import\(/);
  const bytes = gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
  expect(bytes).toBeLessThan(BYTES_MAX);
  // Far below it the limit would hold nothing any more.
  expect(bytes).toBeGreaterThan(BYTES_MAX * 0.9);
});
