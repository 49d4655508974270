// What an app has to load where every kilobyte is loaded before the first request: `serve` and `createFunction` as a
// bundler makes them for a runtime that is nobody's in particular.
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test } from "vitest";

/** One file with all that these exports need, minified. */
async function bundle(exports: string) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: exports, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "neutral",
    absWorkingDir: fileURLToPath(new URL("../..", import.meta.url)),
    target: "es2022",
  });
  const [output] = Object.values(metafile.outputs);
  return {
    text: outputFiles[0]!.text,
    bytes: gzipSync(outputFiles[0]!.contents, { level: 9 }).length,
    imports: output!.imports,
    files: Object.keys(output!.inputs),
  };
}

const CREATE_FUNCTION = 'export { createFunction } from "./function.ts";';
const SERVE = 'export { serve } from "./serve.ts";';
const CLIENT = 'export { Durable } from "./client.ts";';

/**
 * Compressed. Decision 0060 says what is in it. Whoever needs more says there what for: it is paid by every app, at every
 * start.
 */
test.each([
  ["serve and createFunction", CREATE_FUNCTION + SERVE, 40_800],
  ["createFunction alone", CREATE_FUNCTION, 5_750],
  ["the client alone", CLIENT, 11_400],
])("%s: no more bytes than it had", async (_, exports, bytesMax) => {
  const { bytes } = await bundle(exports);
  expect(bytes).toBeLessThan(bytesMax);
  // Far below it the limit would hold nothing any more.
  expect(bytes).toBeGreaterThan(bytesMax * 0.97);
});

test("they import nothing, of Node or of anybody, and only the hashes in them are somebody else's code", async () => {
  const { imports, text, files } = await bundle(CREATE_FUNCTION + SERVE + CLIENT);
  expect(imports).toEqual([]);
  expect(text).not.toMatch(/["']node:[\w/]+["']\s*\)?;?\s*(?:from|import)|import\(/);
  const foreign = files.filter((file) => !/^(?:sdk-ts\/src\/.*|protocol\/src\/.*|<stdin>)$/.test(file));
  expect(foreign.filter((file) => !file.includes("/@noble/hashes/"))).toEqual([]);
});
