import { expect, test } from "vitest";
import { queueState } from "./queue-state.ts";

const run = (id: string, position: number, key: unknown, limit = "l1") =>
  ({
    id,
    function: "mail",
    wait: {
      since: `2026-01-01T00:00:0${position}.000Z`,
      starts_at: position === 1 ? "2026-01-01T00:01:00.000Z" : null,
      starts_unknown: null,
      gate: { limit: { id: limit }, key, position, pace_ms: 500, opens_at: null, holders: [{ run: "h" }] },
    },
  }) as never;

test("the first of the queue speaks for it, whatever the order of the list", () => {
  const state = queueState(
    [
      run("c", 3, "acme"),
      run("x", 1, "other"),
      run("a", 1, "acme"),
      run("y", 1, "acme", "l2"),
      run("b", 2, "acme"),
    ],
    { id: "l1" },
    { key: "acme" },
  );
  expect(state.waiting.map(({ run }) => run)).toEqual(["a", "b", "c"]);
  expect(state).toMatchObject({
    oldestSince: "2026-01-01T00:00:01.000Z",
    paceMs: 500,
    nextAt: "2026-01-01T00:01:00.000Z",
    holders: [{ run: "h" }],
  });
});

test("nobody waits", () => {
  expect(queueState([], { id: "l1" }, { key: null })).toEqual({
    oldestSince: null,
    paceMs: null,
    nextAt: null,
    unknown: null,
    holders: [],
    waiting: [],
  });
});
