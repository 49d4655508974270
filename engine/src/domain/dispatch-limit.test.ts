import { expect, test } from "vitest";
import { DispatchLimit } from "./dispatch-limit.ts";

test("after an outage it doubles with each round trip", () => {
  const limit = DispatchLimit.afterOutage();
  const seen = [limit.count];
  for (let trip = 0; trip < 4; trip += 1) {
    for (let left = limit.count; left > 0; left -= 1) limit.succeeded();
    seen.push(limit.count);
  }
  expect(seen).toEqual([1, 2, 4, 8, 16]);
});

test("an app that is busy gets half, then one more per round trip", () => {
  const limit = DispatchLimit.afterPushBack(20);
  expect(limit.count).toBe(10);
  for (let sent = 0; sent < 11; sent += 1) limit.succeeded();
  expect(limit.count).toBe(11);
  limit.pushedBack(11);
  expect(limit.count).toBe(5);
  for (const inFlight of [3, 1, 1]) limit.pushedBack(inFlight);
  expect(limit.count).toBe(1);
});
