import { expect, test } from "vitest";
import { Bodies } from "./bodies.ts";

test("bodies run beside each other, and each calls back when it has settled", async () => {
  const bodies = new Bodies(Number.POSITIVE_INFINITY);
  const settled: unknown[] = [];
  bodies.start(
    async () => null,
    (op) => settled.push(op, bodies.areRunning),
  );
  bodies.start(
    async () => null,
    (op) => settled.push(op, bodies.areRunning),
  );
  expect([bodies.areRunning, settled]).toEqual([true, []]);
  await new Promise(setImmediate);
  expect([bodies.areRunning, settled]).toEqual([false, [null, true, null, false]]);
});

test("after its time none is started, and the turn knows that one was left out", () => {
  const bodies = new Bodies(Number.POSITIVE_INFINITY);
  bodies.startNoMore();
  expect(bodies.isOutOfTime).toBe(false);
  bodies.start(
    async () => expect.unreachable(),
    () => expect.unreachable(),
  );
  expect([bodies.isOutOfTime, bodies.areRunning]).toEqual([true, false]);
});
