// Whoever changes a file must know those it stands on, and no others. In a circle that is all of them.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Not what is installed: packages of the workspace link each other there, and one that lies in another leads round for ever. */
function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : filesBelow(path);
    return [path];
  });
}

/** What each file imports, by path from the root. */
function readImports(folder: string, importsOf: (text: string) => string): Map<string, readonly string[]> {
  const files = filesBelow(folder).filter((file) => /(?<!\.test)\.ts$/.test(file));
  const read = (file: string) =>
    [
      ...importsOf(readFileSync(join(root, file), "utf8")).matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g),
    ].map(([, path]) => join(dirname(file), path!));
  return new Map(files.map((file) => [file, read(file)]));
}

/** The first way found that leads back to where it began. */
function findCircle(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const visit = (file: string, way: readonly string[]): string[] => {
    const at = way.indexOf(file);
    if (at >= 0) return [...way.slice(at), file];
    if (done.has(file)) return [];
    for (const next of imports.get(file) ?? []) {
      const circle = visit(next, [...way, file]);
      if (circle.length > 0) return circle;
    }
    done.add(file);
    return [];
  };
  for (const file of imports.keys()) {
    const circle = visit(file, []);
    if (circle.length > 0) return circle;
  }
  return [];
}

test("a circle is found", () => {
  const imports = new Map([
    ["a", ["b", "c"]],
    ["b", ["c"]],
    ["c", ["d"]],
    ["d", ["b"]],
  ]);
  expect(findCircle(imports)).toEqual(["b", "c", "d", "b"]);
});

test.each(["engine/src", "protocol/src", "protocol/conformance/src", "scripts", "test"])(
  "no two files of %s need each other",
  (folder) => {
    expect(findCircle(readImports(folder, (text) => text))).toEqual([]);
  },
);

// Its public types do: a branch is called with the steps, of which branching is one.
test.each(["sdk-ts/src", "demo/src", "examples/shop-typescript/src"])(
  "no two files of %s need each other when they run",
  (folder) => {
    const withoutTypes = (text: string) => text.replaceAll(/^(?:import|export) type [^;]*;/gm, "");
    expect(findCircle(readImports(folder, withoutTypes))).toEqual([]);
  },
);
