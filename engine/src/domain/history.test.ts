// Numbers are for ever: what is recorded later stands later, whenever it happened.
import { expect, test } from "vitest";
import { historyOf } from "./history.ts";
import { attemptOf, dispatchAt, entryOf, runOf } from "./recorded-run.fixture.ts";

const kinds = (run: Parameters<typeof historyOf>[0]) =>
  historyOf(run).map(({ seq, kind, stepId }) => `${seq} ${kind} ${stepId ?? ""}`.trim());

const nap = entryOf("nap", { op: "sleep", seq: 1, ...dispatchAt(0, 0, 1), committedMs: 5, settledMs: 30 });

test("what a call brought that began before a timer fired and was recorded after it stands after it", () => {
  const before = kinds(runOf({ status: "running", entries: [nap] }));
  expect(before).toEqual(["1 scheduled", "2 sleep nap", "3 settled nap"]);
  const after = kinds(
    runOf({
      status: "running",
      entries: [
        nap,
        entryOf("pay", { status: "retrying", dueMs: 99, ...dispatchAt(8, 8, 20), committedMs: 41 }),
      ],
      attempts: [attemptOf("pay", 1, { outcome: "failed", ...dispatchAt(8, 8, 20), committedMs: 40 })],
    }),
  );
  expect(after).toEqual([...before, "4 attempt pay", "5 failed pay", "6 backoff pay"]);
});

test("entries of the journal stand in its order, whatever the clocks of their commits say", () => {
  const entries = [
    nap,
    // Its statement began before the timer's and was recorded after it.
    entryOf("a", { seq: 2, ...dispatchAt(8, 8, 10), committedMs: 31, settledMs: 28 }),
  ];
  expect(kinds(runOf({ status: "running", entries })).slice(2)).toEqual([
    "3 settled nap",
    "4 attempt a",
    "5 settled a",
  ]);
});

test("the end is the last of its commit, also after the person who caused it", () => {
  const entries = [{ ...nap, seq: null, status: "cancelled" as const }];
  const actions = [{ atMs: 31, action: "run.cancel", actor: "admin", reason: "enough" }];
  expect(kinds(runOf({ status: "cancelled", endedMs: 30, entries, actions }))).toEqual([
    "1 scheduled",
    "2 sleep nap",
    "3 dropped nap",
    "4 action",
    "5 ended",
  ]);
});

test("a step is planned where its attempts have calls of their own, however far two clocks are apart", () => {
  const asked = { ...dispatchAt(0, 0, 20), dispatch: "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa" };
  // By the database it was ready before the engine had the answer that asked for it.
  const own = { ...dispatchAt(21, 22, 5), dispatch: "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb" };
  const work = entryOf("work", { seq: 1, ...asked, committedMs: 24, settledMs: 30 });
  const planned = kinds(
    runOf({
      status: "running",
      entries: [work],
      attempts: [attemptOf("work", 1, { ...own, committedMs: 30 })],
    }),
  );
  expect(planned).toEqual(["1 scheduled", "2 planned work", "3 attempt work", "4 settled work"]);
  // One that failed in the call that asked for it, told by a checkpoint of it, and came to its end in the next.
  const attempts = [
    attemptOf("work", 1, {
      outcome: "failed",
      ...asked,
      dispatch: "aaaaaaaa-aaaa-4aaa-9bbb-bbbbbbbbbbbb",
      committedMs: 24,
    }),
    attemptOf("work", 2, { ...own, committedMs: 30 }),
  ];
  expect(kinds(runOf({ status: "running", entries: [{ ...work, attempt: 2 }], attempts }))).not.toContain(
    "2 planned work",
  );
});
