import { describe, expect, test } from "vitest";
import { Slots } from "../queue/slots.ts";
import { IngestPressure } from "./ingest-pressure.ts";

/** Time that only moves when told to. */
function stoppedTime() {
  let nowMs = 0;
  const due: { atMs: number; fn: () => void }[] = [];
  const clock = { monotonicMs: () => nowMs, epochMs: () => nowMs, epochOf: (ms: number) => ms };
  const timers = {
    after(ms: number, fn: () => void) {
      due.push({ atMs: nowMs + ms, fn });
      return () => {};
    },
  };
  const pass = (ms: number) => {
    nowMs += ms;
    for (const timer of due.splice(0)) {
      if (timer.atMs <= nowMs) timer.fn();
      else due.push(timer);
    }
  };
  return { clock, timers, pass };
}

function watched() {
  const time = stoppedTime();
  const changes: boolean[] = [];
  const pressure = new IngestPressure(time, (isPressed) => changes.push(isPressed));
  return { ...time, changes, pressure };
}

describe("senders bring events faster than they can be stored", () => {
  test("many on their way at once are pressure, and it is told once", () => {
    const { pressure, changes } = watched();
    for (let i = 0; i < 8; i += 1) pressure.arrived(100);
    expect(changes).toEqual([true]);
  });

  test("256 senders of one event each, who wait for their runs, are none", () => {
    const { pressure, changes } = watched();
    for (let i = 0; i < 256; i += 1) pressure.arrived(1);
    expect(changes).toEqual([]);
  });

  test("it lasts through the pauses between two commits, and ends when no wave comes any more", () => {
    const { pressure, changes, pass } = watched();
    for (let wave = 0; wave < 10; wave += 1) {
      pressure.arrived(400);
      pressure.answered(400);
      pass(150);
    }
    expect(changes).toEqual([true]);
    pass(400);
    expect(changes).toEqual([true, false]);
  });
});

test("slots beyond the cap are not free, and those in use above it are simply used", () => {
  const slots = new Slots(256);
  slots.take(20);
  slots.cap = 8;
  expect([slots.free, slots.take(5)]).toEqual([0, 0]);
  slots.give(15);
  expect(slots.take(5)).toBe(3);
  slots.cap = Number.POSITIVE_INFINITY;
  expect(slots.free).toBe(248);
});
