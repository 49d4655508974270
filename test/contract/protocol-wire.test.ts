import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** Every module that importing `entry` loads, and every package those name. Types vanish and do not count. */
function importsOf(entry: URL): { files: Set<string>; packages: Set<string> } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: URL): void => {
    if (files.has(file.href)) return;
    files.add(file.href);
    const text = readFileSync(file, "utf8");
    for (const [, kind, name] of text.matchAll(/^(import|export)[^;"]*?from "([^"]+)";/gms)) {
      const statement = text
        .slice(0, text.indexOf(`from "${name}"`))
        .split(/^(?=import|export)/m)
        .at(-1)!;
      if (statement.startsWith(`${kind} type `)) continue;
      if (name!.startsWith(".")) visit(new URL(name!, file));
      else packages.add(name!);
    }
  };
  visit(entry);
  return { files, packages };
}

const source = new URL("../../protocol/src/", import.meta.url);

test("@durable/protocol/wire needs no schema library and no Node: an SDK runs it on any fetch runtime", () => {
  const { files, packages } = importsOf(new URL("wire.ts", source));
  expect(files.size).toBeGreaterThan(10);
  expect([...packages].sort()).toEqual(["@noble/hashes/hmac.js", "@noble/hashes/sha2.js"]);
});

test("the same look at the whole package does find its schema library", () => {
  expect(importsOf(new URL("index.ts", source)).packages).toContain("zod");
});

test("nothing of the wire is asynchronous: ids are computed inside user code, where a microtask changes the order", () => {
  for (const href of importsOf(new URL("wire.ts", source)).files) {
    expect(readFileSync(new URL(href), "utf8"), href).not.toMatch(/\basync\b|\bawait\b|\bPromise\b/);
  }
});
