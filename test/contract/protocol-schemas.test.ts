import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { jsonSchemaFiles } from "../../protocol/src/schemas.ts";

const folder = new URL("../../protocol/schema/", import.meta.url);
const RUN_THIS = "stale; run: node protocol/scripts/write-schemas.ts";

const files = jsonSchemaFiles();

test("protocol/schema holds one file per published message and nothing else", () => {
  expect(files.size).toBeGreaterThan(0);
  expect(readdirSync(folder).sort(), RUN_THIS).toEqual([...files.keys()].sort());
});

for (const [name, text] of files) {
  test(`protocol/schema/${name} is what the zod schema says`, () => {
    expect(readFileSync(new URL(name, folder), "utf8"), RUN_THIS).toBe(text);
  });
}

test("every JSON Schema is complete in itself: what it refers to is in it", () => {
  for (const [name, text] of files) {
    const document = JSON.parse(text) as { $defs?: Record<string, unknown> };
    for (const [, target] of text.matchAll(/"\$ref": "([^"]+)"/g)) {
      const [, definition] = /^#\/\$defs\/(\w+)$/.exec(target!) ?? [];
      expect(document.$defs?.[definition ?? ""], `${name} refers to ${target}`).toBeDefined();
    }
  }
});
