// What a browser loads, against what was agreed on. Sizes are of the files as they are served, by gzip.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const BUILT = fileURLToPath(new URL("../../engine/dashboard", import.meta.url));

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly dynamicImports?: readonly string[];
  readonly css?: readonly string[];
  readonly isEntry?: boolean;
}

const manifest: Readonly<Record<string, Chunk>> = JSON.parse(
  readFileSync(join(BUILT, "manifest.json"), "utf8"),
);
const ENTRY = "index.html";

/** Of a chunk with all it needs before it runs. */
function filesOf(name: string, seen = new Set<string>()): Set<string> {
  const { file, imports = [], css = [] } = manifest[name]!;
  seen.add(file);
  for (const each of css) seen.add(each);
  for (const each of imports) if (!seen.has(manifest[each]!.file)) filesOf(each, seen);
  return seen;
}

function kilobytes(files: Iterable<string>): number {
  return [...files].reduce((sum, file) => sum + readFileSync(join(BUILT, `${file}.gz`)).length, 0) / 1_000;
}

/** What is loaded beyond the first route. */
const beyondEntry = (name: string) => {
  const entry = filesOf(ENTRY);
  return kilobytes([...filesOf(name)].filter((file) => !entry.has(file)));
};

test("the first route is at most 220 kB", () => {
  expect(kilobytes(filesOf(ENTRY))).toBeLessThanOrEqual(220);
});

test.each([
  ["the run page", /screens\/run\/run-screen/, 30],
  ["charts", /chart-plot/, 30],
  ["the editor", /json-editor-view/, 115],
] as const)("%s: at most so many kB more", (_, pattern, most) => {
  const names = Object.keys(manifest).filter(
    (name) => pattern.test(name) || pattern.test(manifest[name]!.file),
  );
  expect(names).not.toEqual([]);
  for (const name of names) expect([name, beyondEntry(name) <= most]).toEqual([name, true]);
});

test("every other screen is small", () => {
  const screens = Object.keys(manifest).filter((name) => /src\/screens\/.*-screen\.tsx$/.test(name));
  expect(screens.length).toBeGreaterThan(20);
  expect(screens.filter((name) => beyondEntry(name) > 30)).toEqual([]);
});
