import { expect, test } from "vitest";
import { repairsOf } from "./repair.ts";
import { run, step } from "./run.fixture.ts";

const open = (op: string) => step(op, { op, seq: null, status: "pending" });

test("what is open is mended by what fits it: code of a paused run, waits and sleeps of a waiting one too", () => {
  const of = (status: "paused" | "waiting" | "running", op: string) => repairsOf(run({ status }), open(op));
  expect(of("paused", "run")).toEqual(["retry", "complete", "skip"]);
  expect(of("waiting", "run")).toEqual([]);
  expect(of("waiting", "sleep")).toEqual(["wake"]);
  expect(of("waiting", "approval")).toEqual(["resolve"]);
  expect(of("running", "wait")).toEqual([]);
});

test("what is settled, and what nothing waits for any more, is mended by nobody", () => {
  const paused = run({ status: "paused" });
  expect(repairsOf(paused, step("a"))).toEqual([]);
  expect(repairsOf(paused, step("a", { seq: null, status: "cancelled" }))).toEqual([]);
});
