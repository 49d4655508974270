import { expect, test } from "vitest";
import { functionRows, matches } from "./function-rows.ts";

const AT = "2026-10-21T09:00:00.000Z";
const declared = (id: string, removed: string | null = null, manifest: unknown = {}) => ({
  id,
  version: 1,
  manifest,
  synced_at: AT,
  removed_at: removed,
});

test("functions come by name, those that are gone at the end", () => {
  const rows = functionRows({
    functions: [declared("b"), declared("a", AT), declared("c")],
    counted: undefined,
    paused: new Set(["c"]),
    live: null,
  });
  expect(rows.map(({ id, isPaused, counted }) => [id, isPaused, counted])).toEqual([
    ["b", false, null],
    ["c", true, null],
    ["a", false, null],
  ]);
});

test("one is found by its name and by what starts it", () => {
  const [row] = functionRows({
    functions: [declared("pay", null, { triggers: [{ event: "order.placed" }], input: { type: "object" } })],
    counted: [],
    paused: new Set(),
    live: { counts: new Map([["pay", 3]]), isExact: true },
  });
  expect(row).toMatchObject({
    hasInput: true,
    live: { count: 3, isExact: true },
    counted: { started: 0, failed: 0, p95Ms: null },
  });
  expect([matches(row!, "PAY"), matches(row!, "order"), matches(row!, "user")]).toEqual([true, true, false]);
});
