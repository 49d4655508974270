import { expect, test } from "vitest";
import { detailSaid, isUuid } from "./audit-words.ts";

test.each([
  [
    '{"kind" : "function", "limit" : null, "reason" : "the store is down"}',
    "kind: function, reason: the store is down",
  ],
  ['{"origin":"https://a.test","events":["x","y"],"n":3}', "origin: https://a.test, events: x y, n: 3"],
  ["we deploy", "we deploy"],
  ["42", "42"],
])("%s", (detail, said) => {
  expect(detailSaid(detail)).toBe(said);
});

test("ids are short, other targets whole", () => {
  expect(isUuid("01a2278b-5f8a-7ac4-afa3-cc0d27d2334b")).toBe(true);
  expect(isUuid("http://localhost:4478/api/durable")).toBe(false);
});
