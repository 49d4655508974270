// No client that was made from the last release's document breaks by this one.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { openApiDocument } from "../../engine/src/http/open-api.ts";
import { type ApiDocument, breakingChanges } from "./breaking-changes.ts";

const released = JSON.parse(
  readFileSync(fileURLToPath(new URL("openapi-released.json", import.meta.url)), "utf8"),
) as ApiDocument;
const now = JSON.parse(JSON.stringify(openApiDocument())) as ApiDocument;

test("nothing that was released is gone or asks for more", () => {
  expect(
    breakingChanges(released, now),
    "clients break by this. With a release, or while nothing is released, copy engine/openapi.json to test/contract/openapi-released.json",
  ).toEqual([]);
});

// biome-ignore lint/suspicious/noExplicitAny: it is bent at will
type Bent = any;
const cancel = "/v1/apps/{app}/{env}/runs/{id}/cancel";
const body = (of: Bent, path: string, method: string) =>
  of.paths[path][method].requestBody.content["application/json"].schema;

test.each<[string, (of: Bent) => void, RegExp]>([
  ["a route that is gone", (of) => delete of.paths[cancel], /POST .*cancel is gone/],
  ["a method that is gone", (of) => delete of.paths["/v1/apps/{app}/{env}/keys"].get, /GET .*keys is gone/],
  [
    "a field of an answer that is gone",
    (of) => delete of.components.schemas.Key.properties.prefix,
    /\.prefix is gone/,
  ],
  ["a field that may be missing", (of) => of.components.schemas.Key.required.shift(), /may be missing now/],
  ["a value that is gone", (of) => of.components.schemas.RunStatus.enum.pop(), /"cancelled" is gone/],
  [
    "a field that is required",
    (of) => {
      of.components.schemas.WorkspaceMark.required.push("reason");
    },
    /\.reason is required now/,
  ],
  [
    "a parameter that is required",
    (of) =>
      of.paths["/v1/apps/{app}/{env}/runs"].get.parameters.push({
        name: "x",
        in: "query",
        required: true,
        schema: {},
      }),
    /parameter x is required now/,
  ],
  [
    "a parameter that is gone",
    (of) => of.paths["/v1/apps/{app}/{env}/runs"].get.parameters.splice(-1, 1),
    /parameter .* is gone/,
  ],
  [
    "a body that is required",
    (of) => (of.paths[cancel].post.requestBody.required = true),
    /a body is required now/,
  ],
  [
    "another type",
    (of) => (of.components.schemas.Key.properties.prefix.type = "integer"),
    /type was string, is integer/,
  ],
  [
    "a field of a shape that may be null, and is gone",
    (of) => delete of.components.schemas.Failure.properties.message,
    /failure\.message is gone/,
  ],
  [
    "a shape that may be null now",
    (of) => {
      const { properties } = of.components.schemas.Child;
      properties.status = { anyOf: [properties.status, { type: "null" }] };
    },
    /type was string, is string \| null/,
  ],
])("%s is found", (_, bend, sentence) => {
  const bent = structuredClone(now);
  bend(bent);
  expect(breakingChanges(now, bent).join("\n")).toMatch(sentence);
});

test("more is no break: a route, a field of an answer, a field that may be sent", () => {
  const more = structuredClone(now) as Bent;
  more.paths["/v1/more"] = { get: { responses: {} } };
  more.components.schemas.Key.properties.more = { type: "string" };
  more.components.schemas.WorkspaceMark.properties.more = { type: "string" };
  expect(body(more, "/v1/apps/{app}/{env}/mark", "post")).toBeDefined();
  expect(breakingChanges(now, more)).toEqual([]);
});
