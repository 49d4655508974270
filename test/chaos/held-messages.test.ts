import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { HeldMessages } from "./held-messages.ts";

// What is excused here is never looked at again, so it must be exactly what a stopped process explains.

beforeEach(() => vi.useFakeTimers({ now: 100_000 }));
afterEach(() => vi.useRealTimers());

test("what arrives while nobody stands still was sent within the slack", () => {
  expect(new HeldMessages(1_500).sentSince(100_000)).toBe(98_500);
});

test("what arrives during a stop, or within the slack after it, may be as old as the stop", () => {
  const held = new HeldMessages(1_500);
  const release = held.hold();
  vi.setSystemTime(103_000);
  release();
  expect(held.sentSince(101_000)).toBe(98_500);
  expect(held.sentSince(104_500)).toBe(98_500);
});

test("before the stop and later than the slack after it nothing is excused", () => {
  const held = new HeldMessages(1_500);
  const release = held.hold();
  vi.setSystemTime(103_000);
  release();
  expect(held.sentSince(99_999)).toBe(98_499);
  expect(held.sentSince(104_501)).toBe(103_001);
});
