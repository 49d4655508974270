// What README.md shows is what the schemas accept, and its table of limits is limits.ts.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { parseJson } from "./json.ts";
import * as limits from "./limits.ts";
import type { Op } from "./messages.ts";
import { jsonSchemaFiles, publishedSchemas } from "./schemas.ts";
import { stepId } from "./step-id.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

const examples = [...readme.matchAll(/^ *<!-- ([\w-]+) -->\n *```json\n([\s\S]*?)```/gm)].map(
  ([, message, text]) => ({ message: message!, text: text! }),
);

describe("every example in the README", () => {
  test("is named: all JSON blocks have a comment with the message before them", () => {
    expect(examples.length).toBe([...readme.matchAll(/```json/g)].length);
    expect(examples.length).toBeGreaterThan(12);
  });

  for (const [index, { message, text }] of examples.entries()) {
    test(`${index + 1}, ${message}, fits the zod schema and the JSON Schema`, () => {
      const value = parseJson(text);
      expect(publishedSchemas[message]!.schema.safeParse(value).error).toBeUndefined();
      const published = JSON.parse(jsonSchemaFiles().get(`${message}.json`)!);
      expect(z.fromJSONSchema(published).safeParse(value).error).toBeUndefined();
    });
  }

  test("shows ops with the ids that their names give", () => {
    const ops = examples.flatMap(({ message, text }) =>
      message === "answer" ? ((JSON.parse(text) as { ops?: Op[] }).ops ?? []) : [],
    );
    expect(ops.length).toBeGreaterThan(3);
    for (const op of ops) expect(op.id).toBe(stepId(op.scope ?? "", op.name, op.n));
  });
});

const UNITS: Record<string, number> = {
  "": 1,
  s: 1,
  ms: 1,
  KiB: 1024,
  MiB: 1024 * 1024,
  h: 60 * 60 * 1000,
  d: 24 * 60 * 60 * 1000,
};

test("the table of limits is limits.ts", () => {
  const rows = [...readme.matchAll(/^\| `([A-Z_]+)` +\| ([\d,]+) ?(\w*) +\|/gm)];
  const table = Object.fromEntries(
    rows.map(([, name, number, unit]) => [name, Number(number!.replaceAll(",", "")) * UNITS[unit!]!]),
  );
  expect(table).toEqual({ ...limits });
});

test("every vector file is in the README, and none that does not exist", () => {
  for (const [, path] of readme.matchAll(/\]\(((?:vectors|schema|src|\.\.)[^)]*)\)/g)) {
    expect(() => readFileSync(new URL(`../${path}`, import.meta.url))).not.toThrow(/ENOENT/);
  }
});
