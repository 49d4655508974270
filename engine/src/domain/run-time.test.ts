import fc from "fast-check";
import { expect, test } from "vitest";
import { sumPhases } from "./partition.ts";
import { attemptOf, dispatchAt, entryOf, runOf } from "./recorded-run.fixture.ts";
import { ATTEMPT_OUTCOMES, type RecordedRun, type RecordedTimes } from "./recorded-run.ts";
import { partitionRun } from "./run-time.ts";

function sums(run: RecordedRun): Record<string, number> {
  return Object.fromEntries(
    sumPhases(partitionRun(run)).map(({ phase, ms }) => [phase, Math.round(ms * 1000) / 1000]),
  );
}

const LIMIT = { id: "l", name: 'concurrency of "checkout"', kind: "concurrency", key: "42" };

test("a step that waited at a limit, then for a slot, then ran", () => {
  const run = runOf({
    endedMs: 120,
    limitWaits: [{ stepId: null, sinceMs: 0, untilMs: 90, limit: LIMIT }],
    entries: [entryOf("a", { seq: 1, ...dispatchAt(0, 100, 10), committedMs: 114, settledMs: 114 })],
    last: {
      scheduledMs: 114,
      leasedMs: 100,
      sentMs: 115,
      firstByteMs: 119,
      receivedMs: 119,
      appMs: 4,
      dispatch: null,
    },
  });
  expect(sums(run)).toEqual({ limit: 90, app: 14, queue: 10, engine: 4, network: 2 });
});

test("a sleep, the queue behind it, and a pause between attempts", () => {
  const run = runOf({
    endedMs: 1_000,
    entries: [
      entryOf("nap", { op: "sleep", seq: 1, ...dispatchAt(0, 0, 5), committedMs: 10, settledMs: 500 }),
      entryOf("pay", { seq: 2, attempt: 2, ...dispatchAt(500, 510, 5), committedMs: 520, settledMs: 998 }),
    ],
    attempts: [
      attemptOf("pay", 1, { outcome: "failed", ...dispatchAt(500, 510, 5), committedMs: 520 }),
      attemptOf("pay", 2, { outcome: "ok", ...dispatchAt(900, 910, 80), committedMs: 998 }),
    ],
  });
  const found = sums(run);
  expect(found["sleep"]).toBe(490);
  expect(found["retry"]).toBe(380);
  expect(found["queue"]).toBe(20);
  expect(found["app"]).toBe(90);
  // Nothing is recorded of how it ended here.
  expect(found["idle"]).toBe(2);
});

test("a lease that went with its engine is lost, and a pause of a person is one", () => {
  const run = runOf({
    status: "completed",
    endedMs: 400,
    entries: [entryOf("a", { seq: 1, ...dispatchAt(0, 0, 7), committedMs: 10, settledMs: 10 })],
    attempts: [attemptOf(null, 1, { outcome: "lost", committedMs: 210 })],
    actions: [
      { atMs: 300, action: "run.pause", actor: "admin", reason: null },
      { atMs: 390, action: "run.resume", actor: "admin", reason: null },
    ],
  });
  expect(sums(run)).toMatchObject({ lost: 200, paused: 90, idle: 100 });
});

test("what nothing explains before the last lease is the queue: a run that waits for nothing has a job", () => {
  const entries = [
    entryOf("a", { seq: 1, ...dispatchAt(40, 40, 7), committedMs: 50, settledMs: 50 }),
    entryOf("b", { seq: 2, ...dispatchAt(90, 90, 7), committedMs: 100, settledMs: 100 }),
  ];
  expect(sums(runOf({ endedMs: 110, entries }))).toMatchObject({ queue: 80, idle: 10 });
  expect(sums(runOf({ endedMs: 110, status: "cancelled" }))).toEqual({ queue: 110 });
});

test("a job that went from one limit to the next stood at each, and then in the queue until its lease", () => {
  const other = { ...LIMIT, id: "other" };
  const run = runOf({
    endedMs: 110,
    limitWaits: [
      { stepId: null, sinceMs: 0, untilMs: 30, limit: LIMIT },
      { stepId: null, sinceMs: 0, untilMs: 70, limit: other },
    ],
    // Taken up by an engine that does not know since when it was ready.
    entries: [entryOf("a", { seq: 1, ...dispatchAt(100, 100, 7), committedMs: 110, settledMs: 110 })],
  });
  expect(
    partitionRun(run)
      .map(({ phase, limit, fromMs, toMs }) => `${limit?.id ?? phase} ${fromMs}-${toMs}`)
      .slice(0, 3),
  ).toEqual(["l 0-30", "other 30-70", "queue 70-100"]);
});

test("a live run is covered until now: what it waits for is open", () => {
  const parked = runOf({
    status: "queued",
    nowMs: 50,
    readyMs: 0,
    limitWaits: [{ stepId: null, sinceMs: 0, untilMs: null, limit: LIMIT }],
  });
  expect(sums(parked)).toEqual({ limit: 50 });
  expect(sums(runOf({ status: "queued", nowMs: 50, readyMs: 10 }))).toEqual({ queue: 50 });
  expect(sums(runOf({ status: "waiting", nowMs: 50, begin: { atMs: 80, cause: "delay" } }))).toEqual({
    begin: 50,
  });
});

const ms = fc.option(fc.double({ min: -10, max: 1_200, noNaN: true }), { nil: null, freq: 6 });
const times: fc.Arbitrary<RecordedTimes> = fc.record({
  scheduledMs: ms,
  leasedMs: ms,
  sentMs: ms,
  firstByteMs: ms,
  receivedMs: ms,
  appMs: ms,
  dispatch: fc.constant(null),
});
const instant = fc.double({ min: 0, max: 1_100, noNaN: true });
const stepId = fc.constantFrom("a", "b", "c");

/** Rows as no engine leaves them, and as engines with faults do: instants are missing, reversed and beyond the run. */
const anyRun: fc.Arbitrary<RecordedRun> = fc
  .record({
    endedMs: fc.option(fc.double({ min: 0.001, max: 1_000, noNaN: true }), { nil: null }),
    entries: fc.array(
      fc
        .tuple(
          fc.uuid(),
          fc.constantFrom("run", "sleep", "wait", "invoke", "fetch"),
          fc.constantFrom("ok", "err", "pending", "retrying", "cancelled"),
          times,
          instant,
          ms,
        )
        .map(([id, op, status, own, committedMs, settledMs]) =>
          entryOf(id, { op, status: status as "ok", ...own, committedMs, settledMs }),
        ),
      { maxLength: 12 },
    ),
    attempts: fc.array(
      fc
        .tuple(
          fc.option(stepId, { nil: null }),
          fc.nat(5),
          fc.constantFrom(...ATTEMPT_OUTCOMES),
          times,
          instant,
        )
        .map(([step, attempt, outcome, own, committedMs]) =>
          attemptOf(step, attempt, { outcome, ...own, committedMs }),
        ),
      { maxLength: 12 },
    ),
    limitWaits: fc.array(
      fc.record({
        stepId: fc.option(stepId, { nil: null }),
        sinceMs: instant,
        untilMs: ms,
        limit: fc.constant(LIMIT),
      }),
      { maxLength: 5 },
    ),
    actions: fc.array(
      fc.record({
        atMs: instant,
        action: fc.constantFrom("run.pause", "run.resume", "run.cancel"),
        actor: fc.constant("admin"),
        reason: fc.constant(null),
      }),
      { maxLength: 4 },
    ),
  })
  .map(runOf);

test("whatever rows there are, a run's time is covered within a microsecond", () => {
  fc.assert(
    fc.property(anyRun, (run) => {
      const cover = partitionRun(run);
      const toMs = run.endedMs ?? run.nowMs;
      expect(cover[0]!.fromMs).toBe(0);
      expect(cover.at(-1)!.toMs).toBe(toMs);
      cover.forEach((each, index) => {
        expect(each.toMs).toBeGreaterThan(each.fromMs);
        if (index > 0) expect(each.fromMs).toBe(cover[index - 1]!.toMs);
      });
      expect(Math.abs(sumPhases(cover).reduce((all, each) => all + each.ms, 0) - toMs)).toBeLessThan(0.001);
    }),
    { numRuns: 1_000 },
  );
});
