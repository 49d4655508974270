import { expect, test } from "vitest";
import { targetsOf } from "../../here/targets.ts";
import { attentionOf } from "./attention.ts";
import type { Seen } from "./attention-item.ts";

const NOW = Date.parse("2026-10-21T09:00:00.000Z");
const LATELY = "2026-10-21T08:00:00.000Z";
const TARGETS = targetsOf({ app: "shop", env: "dev" });
const said = (seen: Seen) => attentionOf(seen, TARGETS, NOW).map((each) => each.said);

const ERROR: NonNullable<Seen["errors"]>[number] = {
  fingerprint: "f1",
  name: "CardError",
  message: "declined",
  step: null,
  frame: null,
  functions: ["pay"],
  count: 3,
  runs_in_trouble: 2,
  first_seen: LATELY,
  last_seen: LATELY,
  state: "open",
  state_at: null,
  state_by: null,
  state_reason: null,
};
const ALERT: NonNullable<Seen["alerts"]>[number] = {
  id: "a1",
  kind: "error",
  key: "f1",
  message: "CardError is new: error f1.",
  facts: {},
  told: true,
  fired_at: LATELY,
  resolved_at: null,
};

test("nothing wrong: nothing is said", () => {
  expect(said({})).toEqual([]);
  expect(
    said({ alerts: [], errors: [], pauses: [], bulks: [], missed: [], backlog: [], counters: null }),
  ).toEqual([]);
});

test("a new error is said once, by its alert where there is one", () => {
  expect(said({ errors: [ERROR] })).toEqual(["CardError is new in pay: declined. 2 runs need somebody."]);
  expect(said({ errors: [ERROR], alerts: [ALERT] })).toEqual([
    "CardError is new in pay: declined. 2 runs need somebody.",
  ]);
  expect(said({ alerts: [ALERT] })).toEqual(["CardError is new: error f1."]);
  expect(said({ errors: [{ ...ERROR, first_seen: "2026-10-01T00:00:00.000Z" }] })).toEqual([]);
});

test("each leads to where something can be done", () => {
  const failed = { ...ALERT, id: "a2", kind: "failed" as const, key: "send mail" };
  expect(attentionOf({ alerts: [failed] }, TARGETS, NOW)[0]?.target.search).toEqual({
    q: 'function:"send mail" status:failed after:24h',
  });
});

test("people are told what waits for them", () => {
  const counters = { runs: { paused: 1 }, more: false, open_inputs: 2 };
  expect(said({ counters })).toEqual([
    "1 run is paused, and waits for somebody.",
    "2 questions wait for people.",
  ]);
});
