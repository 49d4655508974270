// engine/openapi.json is what the route table says, and what the engine answers is what it promises.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { PROBLEMS } from "../../engine/src/domain/problems.ts";
import type { Row } from "../../engine/src/http/contract/row.ts";
import { TABLE } from "../../engine/src/http/contract/table.ts";
import { openApiDocument } from "../../engine/src/http/open-api.ts";

const file = fileURLToPath(new URL("../../engine/openapi.json", import.meta.url));
const rows = Object.entries<Row>(TABLE);

test("the checked-in document is up to date", () => {
  const checkedIn = JSON.parse(readFileSync(file, "utf8"));
  expect(checkedIn, "run: node engine/src/http/write-open-api.ts").toEqual(
    JSON.parse(JSON.stringify(openApiDocument())),
  );
});

test("it has every row of the table, and nothing else", () => {
  const { paths } = openApiDocument() as unknown as {
    paths: Record<string, Record<string, { operationId: string }>>;
  };
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => `${method} ${path} ${operationId}`),
  );
  expect(documented.sort()).toEqual(rows.map(([name, row]) => `${row.method} ${row.path} ${name}`).sort());
});

test("every reference leads somewhere", () => {
  const text = JSON.stringify(openApiDocument());
  const { components } = openApiDocument() as unknown as { components: { schemas: Record<string, unknown> } };
  for (const [, name] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g))
    expect(components.schemas).toHaveProperty(name!);
});

test.each(rows)("%s names its workspace by app and env, and only problems of the catalogue", (_, row) => {
  const names = [...row.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
  expect(Object.keys(row.params.shape)).toEqual(names);
  if (row.path.startsWith("/v1/apps/{")) expect(names.slice(0, 2)).toEqual(["app", "env"]);
  for (const code of row.problems) expect(PROBLEMS).toHaveProperty(code);
  expect(row.summary).toMatch(/^[A-Z][^.]*$/);
});
