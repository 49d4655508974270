import { expect, test } from "vitest";
import { type Wait, waitPieces, waitText, whenSaid } from "./wait-pieces.ts";

const NOW = Date.parse("2026-10-21T09:00:00.000Z");
const NOTHING: Omit<Wait, "kind"> = {
  step: null,
  since: null,
  until: null,
  starts_at: null,
  starts_unknown: null,
  jobs: 1,
  gate: null,
  pause: null,
  circuit: null,
  attempt: null,
  child: null,
  input: null,
  events: null,
};
const GATE: NonNullable<Wait["gate"]> = {
  limit: { id: "l1", name: 'concurrency of "mail"', kind: "concurrency", count: 5 },
  key: "acme",
  used: 5,
  position: 7,
  capped: false,
  pace_ms: null,
  opens_at: null,
  holders: [],
  waiting_for_it: [],
};

test("a place at a limit is said with who it is for, what is taken, the position and when", () => {
  const wait: Wait = { ...NOTHING, kind: "concurrency", gate: GATE, starts_at: "2026-10-21T09:00:40.000Z" };
  expect(waitText(wait, NOW)).toBe(
    'a place at concurrency of "mail" for acme, 5 of 5 taken, position 7, probably in 40 s',
  );
  expect(waitPieces(wait, NOW)[1]).toEqual({ text: 'concurrency of "mail"', to: { kind: "limits" } });
});

test("what cannot be told is said with the reason, where there is one to know", () => {
  const wait: Wait = { ...NOTHING, kind: "concurrency", gate: { ...GATE, capped: true, position: 1_001 } };
  expect(waitText({ ...wait, starts_unknown: "closed" }, NOW)).toBe(
    'a place at concurrency of "mail" for acme, 5 of 5 taken, behind more than 1,000; the limit is 0, so nobody gets in',
  );
  expect(waitText({ ...wait, starts_unknown: "far" }, NOW)).not.toContain(";");
});

test("a child is a link to its run", () => {
  const wait: Wait = {
    ...NOTHING,
    kind: "child",
    child: { run: "r2", app: null, function: "bill", status: "running" },
  };
  expect(waitPieces(wait, NOW)).toEqual([
    { text: "a run of bill", to: { kind: "run", id: "r2", app: null } },
    ", which is running",
  ]);
  expect(waitPieces({ ...wait, child: { ...wait.child!, app: "billing" } }, NOW)[0]).toEqual({
    text: "a run of billing/bill",
    to: { kind: "run", id: "r2", app: "billing" },
  });
});

test("near times are told from now, and what is over is now", () => {
  expect(whenSaid("2026-10-21T09:02:00.000Z", NOW)).toBe("in 2 min");
  expect(whenSaid("2026-10-21T08:59:00.000Z", NOW)).toBe("now");
});
