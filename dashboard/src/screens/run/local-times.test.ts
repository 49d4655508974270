import { expect, test } from "vitest";
import { clockTime } from "../../words/time.ts";
import { localTimes } from "./local-times.ts";
import { openPhases } from "./open-phases.ts";
import { run } from "./run.fixture.ts";

test("instants in a sentence are told in the reader's zone", () => {
  const [a, b] = ["2026-01-01T12:00:00.000Z", "2026-01-02T00:30:00Z"];
  const nowMs = Date.parse(a);
  expect(localTimes(`It sleeps from ${a} until ${b}.`, nowMs)).toBe(
    `It sleeps from ${clockTime(a, nowMs)} until ${clockTime(b, nowMs)}.`,
  );
});

test("what open steps are at is known of the one that the run waits for, and of those that say something", () => {
  const wait = { kind: "concurrency", step: { id: "a", name: "a" } } as never;
  const heartbeats = [{ step: "b", name: "b", progress: 1, at: "2026-01-01T00:00:00.000Z" }];
  expect([...openPhases(run({ wait, heartbeats }))]).toEqual([
    ["run-1", "limit"],
    ["a", "limit"],
    ["b", "app"],
  ]);
});
