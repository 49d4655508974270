import fc from "fast-check";
import { expect, test } from "vitest";
import { EVERY_RUN, isQueryFlaw, parseRunQuery, QUERY_CHARACTERS_MAX, sayQueryFlaw } from "./run-query.ts";

const NOW = Date.parse("2026-10-21T09:00:00Z");
const RUN = "0192f0c1-7f2e-7000-8000-0123456789ab";
const parse = (text: string) => parseRunQuery(text, NOW);

test.each([
  ["", {}],
  ["  status:failed,paused function:pay ", { statuses: ["failed", "paused"], functionId: "pay" }],
  ["version:v3 deployment:blue", { version: 3, deployment: "blue" }],
  ["error:CardError step:charge", { error: "CardError", step: "charge" }],
  ["error:3f2a90c1d4e5b678", { error: "3f2a90c1d4e5b678" }],
  [`parent:${RUN} event:order-42`, { parent: RUN, eventId: "order-42" }],
  ['event:"with space and \\"quote\\""', { eventId: 'with space and "quote"' }],
  ["key:42", { key: "42" }],
  ["key:acme", { key: '"acme"' }],
  ['key:"42"', { key: "42" }],
  ["after:2h before:30m", { fromMs: NOW - 7_200_000, toMs: NOW - 1_800_000 }],
  ["after:2026-10-20 before:2026-10-21T08:00Z", { fromMs: NOW - 33 * 3_600_000, toMs: NOW - 3_600_000 }],
  [RUN, { anyId: RUN }],
  ["order-42", { anyId: "order-42" }],
])("%s", (text, expected) => expect(parse(text)).toEqual({ ...EVERY_RUN, ...expected }));

test.each([
  ["status:failed statos:x", 14, 'there is no "statos"; there are status, function'],
  ["status:gone", 0, '"gone" is no status; there are queued'],
  ["function:pay function:ship", 13, '"function" is there twice'],
  ["a b", 2, "an id is there twice"],
  ["function:", 0, '"function" needs a value, such as function:pay'],
  ['function:""', 0, '"function" needs a value'],
  ['x function:"pay', 2, "this quote is not closed"],
  ['"pay', 0, "this quote is not closed"],
  ["after:soon", 0, '"soon" is no time'],
  ["after:2026-13-01", 0, "is no time"],
  ["version:0", 0, "is no version"],
  ["parent:12", 0, "is no run's id"],
  ["constructor:1", 0, 'there is no "constructor"'],
])("%s is refused at its place", (text, at, message) => {
  expect(parse(text)).toEqual({ at, message: expect.stringContaining(message) });
});

test("a flaw is told with its place", () => {
  const text = "status:failed statos:x";
  const flaw = parse(text);
  expect(isQueryFlaw(flaw) && sayQueryFlaw(text, flaw)).toMatch(
    /^At character 15, "statos:x": there is no "statos"/,
  );
  expect(parse("a".repeat(QUERY_CHARACTERS_MAX + 1))).toMatchObject({ at: QUERY_CHARACTERS_MAX });
});

test("whatever is typed is read or refused inside the text, and soon", () => {
  const typed = fc.oneof(fc.string(), fc.stringMatching(/^[a-z:" \\0-9.-]{0,60}$/));
  fc.assert(
    fc.property(typed, (text) => {
      const read = parse(text);
      if (isQueryFlaw(read)) expect(read.at).toBeLessThanOrEqual(text.length);
    }),
  );
});
