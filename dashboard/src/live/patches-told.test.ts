import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Patch } from "./messages.ts";
import { Patches } from "./patches-told.ts";

const patch = (rev: number): Patch => ({ topic: "runs", kind: "run", id: "r", rev, patch: {} });
let told: number[][];
let patches: Patches;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  told = [];
  patches = new Patches((bundle) => told.push(bundle.map(({ rev }) => rev)));
});
afterEach(() => vi.useRealTimers());

test("after a quiet time it is told at once, with what arrived in the same go", () => {
  patches.add(patch(1));
  patches.add(patch(2));
  expect(told).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(told).toEqual([[1, 2]]);
});

test("a thousand within a second are ten bundles, in order", () => {
  for (let rev = 0; rev < 1_000; rev += 1) {
    patches.add(patch(rev));
    vi.advanceTimersByTime(1);
  }
  vi.advanceTimersByTime(100);
  expect(told.length).toBeLessThanOrEqual(11);
  expect(told.flat()).toEqual(Array.from({ length: 1_000 }, (_, rev) => rev));
});

test("what must be told before something else is told now, and not again", () => {
  patches.add(patch(1));
  patches.tellNow();
  patches.tellNow();
  vi.advanceTimersByTime(1_000);
  expect(told).toEqual([[1]]);
});
