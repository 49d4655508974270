import { expect, test } from "vitest";
import { isWebhookEvent, retryInMs } from "./webhook.ts";

test("pauses double up to an hour, and a day has about thirty attempts", () => {
  expect([1, 2, 3, 4].map((attempt) => retryInMs(attempt, 0.5))).toEqual([5_000, 10_000, 20_000, 40_000]);
  expect([11, 30, 5_000].map((attempt) => retryInMs(attempt, 0.5))).toEqual([
    3_600_000, 3_600_000, 3_600_000,
  ]);
  expect([retryInMs(1, 0), retryInMs(1, 1)].map(Math.round)).toEqual([4_000, 6_000]);
  let [attempts, ms] = [1, 0];
  for (; ms < 86_400_000; attempts += 1) ms += retryInMs(attempts, 0.5);
  expect(attempts).toBeGreaterThan(25);
  expect(attempts).toBeLessThan(45);
});

test.each([
  ["durable.run.failed", true],
  ["durable.alert.*", true],
  ["durable.*", true],
  ["*", false],
  ["durable.tick", false],
  ["order.placed", false],
])("%s means something that is sent: %s", (pattern, is) => expect(isWebhookEvent(pattern)).toBe(is));
