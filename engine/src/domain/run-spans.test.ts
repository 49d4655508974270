import { expect, test } from "vitest";
import { attemptOf, dispatchAt, entryOf, runOf } from "./recorded-run.fixture.ts";
import type { RecordedRun } from "./recorded-run.ts";
import { runSpans, SPANS_MAX } from "./run-spans.ts";

const ID = "01a1fb0d-085d-7d64-8632-58f65d54eba0";
const OWN = "863258f65d54eba0";
const NAMES = { app: "shop", environment: "dev" };
const fence = (first: string) => `${first.repeat(8)}-1111-4111-8111-111111111111`;
const spans = (run: Partial<RecordedRun>) => runSpans(runOf({ id: ID, endedMs: 1_000, ...run }), NAMES);

test("a dispatch is one span, however many steps and checkpoints came by it", () => {
  const own = { ...dispatchAt(0, 10, 80), dispatch: fence("a") };
  const checkpoint = { ...own, sentMs: null, scheduledMs: null, leasedMs: null, appMs: 5, receivedMs: 40 };
  const found = spans({
    entries: [
      // The fence of a checkpoint begins as that of its dispatch.
      entryOf("one", { seq: 1, ...checkpoint, dispatch: `${fence("a").slice(0, 18)}-9222-222222222222` }),
      entryOf("two", { seq: 2, ...own, committedMs: 95, settledMs: 95 }),
    ],
    last: own,
  });
  const dispatches = found.filter(({ kind }) => kind === "request");
  expect(dispatches).toMatchObject([
    { id: "aaaaaaaa11114111", parentId: OWN, startMs: 11, endMs: 93, isError: false },
  ]);
});

test("a failed attempt is a request of its own, and says of what", () => {
  const found = spans({
    entries: [
      entryOf("pay", {
        seq: 1,
        attempt: 2,
        ...dispatchAt(500, 510, 5),
        dispatch: fence("b"),
        settledMs: 520,
      }),
    ],
    attempts: [
      attemptOf("pay", 1, {
        ...dispatchAt(0, 1, 5),
        dispatch: fence("a"),
        outcome: "failed",
        committedMs: 10,
      }),
      attemptOf("pay", 2, { ...dispatchAt(500, 510, 5), dispatch: fence("b"), committedMs: 520 }),
    ],
  });
  const tried = found.filter(({ kind }) => kind === "request");
  expect(
    tried.map(({ attributes, isError }) => [
      attributes["durable.attempt"],
      attributes["durable.outcome"],
      isError,
    ]),
  ).toEqual([
    [1, "failed", true],
    [2, "ok", false],
  ]);
  expect(found.find(({ name }) => name === "retry")).toMatchObject({
    parentId: OWN,
    startMs: 10,
    endMs: 500,
  });
});

test("what was never sent is no request, and nothing reaches beyond the run's own span but what the app did late", () => {
  const unsent = { ...dispatchAt(0, 1, 5), sentMs: null, appMs: null, dispatch: fence("a") };
  const found = spans({
    attempts: [attemptOf(null, 1, { ...unsent, outcome: "transport", committedMs: 10 })],
    entries: [entryOf("open", { op: "wait", status: "cancelled", receivedMs: 20, committedMs: 21 })],
  });
  expect(found.filter(({ kind }) => kind === "request")).toEqual([]);
  expect(found.find(({ name }) => name === "open")).toMatchObject({ startMs: 20, endMs: 1_000 });
});

test("a step lies below the branch that it stands in; ids are the same each time and differ between runs", () => {
  const entries = [
    entryOf("left", { op: "branch", seq: 2, committedMs: 1, settledMs: 50 }),
    entryOf("inner", { scope: "left", seq: 1, ...dispatchAt(0, 1, 5), dispatch: fence("a"), settledMs: 10 }),
    entryOf("astray", { scope: "nobody knows", seq: 3, ...dispatchAt(0, 1, 5), settledMs: 10 }),
  ];
  const found = spans({ entries });
  const idOf = (name: string) => found.find((span) => span.name === name)!;
  expect(idOf("inner").parentId).toBe(idOf("left").id);
  expect(idOf("astray").parentId).toBe(OWN);
  expect(spans({ entries })).toEqual(found);
  const other = spans({ entries, id: ID.replace("e", "f") });
  const shared = other.filter(({ id, kind }) => kind !== "request" && found.some((span) => span.id === id));
  expect(shared).toEqual([]);
});

test("a run of very many steps is told by its first", () => {
  const entries = Array.from({ length: SPANS_MAX + 5 }, (_, at) =>
    entryOf(`s${at}`, {
      op: "sleep",
      seq: at + 1,
      receivedMs: at / 100,
      committedMs: at / 100,
      settledMs: at / 100 + 1,
    }),
  );
  const found = spans({ entries });
  expect(found).toHaveLength(SPANS_MAX);
  expect(found[0]).toMatchObject({ id: OWN, kind: "run" });
});
