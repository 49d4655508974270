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

test("what may be null says so where it stands: no named shape is null, and none is an object and null at once", () => {
  const { components } = openApiDocument() as unknown as { components: { schemas: Record<string, Shape> } };
  const named = Object.entries(components.schemas);
  expect(named.filter(([, { type }]) => [type].flat().includes("null")).map(([name]) => name)).toEqual([]);
  const places: string[] = [];
  look(openApiDocument(), "");
  expect(places, "write orNull(Shape, description), not Shape.nullable()").toEqual([]);

  function look(value: unknown, at: string): void {
    if (typeof value !== "object" || value === null) return;
    const { allOf } = value as Shape;
    if (allOf?.some(({ type }) => [type].flat().includes("null"))) places.push(at);
    for (const [name, member] of Object.entries(value)) look(member, `${at}/${name}`);
  }
});

interface Shape {
  readonly type?: string | readonly string[];
  readonly allOf?: readonly Shape[];
}

/** Lists that have no pages, and what bounds them. */
const BOUNDED: Record<string, string> = {
  listApps: "an app is something a team deploys",
  listBulks: "the newest that people asked for",
  listErasures: "the newest that people asked for",
  listAlerts: "the newest; open ones are bounded by what there is to go wrong",
  listAlertRules: "one of each kind",
  listViews: "a hundred at most",
  listWebhooks: "twenty at most",
  listCallers: "two hundred at most",
  listFunctions: "what one app declares",
  listLimits: "what one app declares",
  listShapes: "what one app declares",
  listPauses: "what people hold at a time",
  listDeployments: "the newest hundred",
  listSigningSecrets: "two, while they rotate",
};

test("every list is read page after page, or says what bounds it", () => {
  const lists = rows.filter(([name]) => name.startsWith("list"));
  const whole = lists.filter(([, { query }]) => !("cursor" in query.shape || "after" in query.shape));
  expect(lists.length).toBeGreaterThan(10);
  expect(whole.map(([name]) => name).filter((name) => BOUNDED[name] === undefined)).toEqual([]);
});

test.each(rows)("%s names its workspace by app and env, and only problems of the catalogue", (_, row) => {
  const names = [...row.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
  expect(Object.keys(row.params.shape)).toEqual(names);
  if (row.path.startsWith("/v1/apps/{")) expect(names.slice(0, 2)).toEqual(["app", "env"]);
  for (const code of row.problems) expect(PROBLEMS).toHaveProperty(code);
  expect(row.summary).toMatch(/^[A-Z][^.]*$/);
});
