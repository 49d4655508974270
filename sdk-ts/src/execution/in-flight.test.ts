// The line breaks while a body runs, and the engine calls again: what the second call does with the first one's body.
import { expect, test } from "vitest";
import { runOrJoin } from "./in-flight.ts";
import type { BodyEnd } from "./step-body.ts";

const OK: BodyEnd = { st: "ok", v: undefined, ms: 1, logs: undefined };
const gaveUp: BodyEnd = {
  st: "err",
  error: { name: "HungUpError", message: "gone" },
  thrown: null,
  isHungUp: true,
  ms: 1,
  logs: undefined,
};

/** A body that ends when it is told to, and how often it began. */
function bodyOf() {
  const ends: ((end: BodyEnd) => void)[] = [];
  return { ends, run: () => new Promise<BodyEnd>((resolve) => void ends.push(resolve)) };
}

test("a body that never ends is joined by every call that follows, and none begins beside it", async () => {
  const { ends, run } = bodyOf();
  const calls = Array.from({ length: 50 }, () => runOrJoin("hangs", 1, run));
  await new Promise(setImmediate);
  expect(ends.length).toBe(1);
  // Its timeout, or its own end at last, frees all of them.
  ends[0]!(OK);
  expect(await Promise.all(calls)).toEqual(Array(50).fill(OK));
  const next = runOrJoin("hangs", 1, run);
  expect(ends.length).toBe(2);
  ends[1]!(OK);
  await next;
});

test("another attempt is another body", async () => {
  const { ends, run } = bodyOf();
  const calls = [runOrJoin("again", 1, run), runOrJoin("again", 2, run)];
  expect(ends.length).toBe(2);
  for (const end of ends) end(OK);
  await Promise.all(calls);
});

test("one that gave up because the line broke runs again, unless it runs at most once", async () => {
  for (const atMostOnce of [false, true]) {
    const { ends, run } = bodyOf();
    const key = `told ${atMostOnce}`;
    const first = runOrJoin(key, 1, run, atMostOnce);
    const second = runOrJoin(key, 1, run, atMostOnce);
    ends[0]!(gaveUp);
    expect(await first).toBe(gaveUp);
    await new Promise(setImmediate);
    expect(ends.length).toBe(atMostOnce ? 1 : 2);
    ends[1]?.(OK);
    expect(await second).toBe(atMostOnce ? gaveUp : OK);
  }
});
