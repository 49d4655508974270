import { describe, expect, test } from "vitest";
import { createFunction } from "./function.ts";
import { type Limits, limitsOnWire } from "./limits.ts";

const declared = (limits: Limits) => () => createFunction({ id: "f", handler: () => {}, ...limits });

test("shapes stand on the wire in milliseconds, under the wire's names", () => {
  expect(
    limitsOnWire({
      idempotency: { key: "order" },
      debounce: { period: "10s", key: { cel: "event.data.doc" }, maxWait: "1m" },
      batch: { maxSize: 10, maxWait: "30s", maxBytes: 5_000, key: "site" },
      rateLimit: { limit: 10, period: "1h", burst: 2, onLimit: "delay" },
      singleton: { mode: "queue", key: "user" },
    }),
  ).toEqual({
    idempotency: { key: "order", period_ms: 86_400_000 },
    debounce: { period_ms: 10_000, key: { cel: "event.data.doc" }, max_wait_ms: 60_000 },
    batch: { max_size: 10, max_wait_ms: 30_000, max_bytes: 5_000, key: "site" },
    rate_limit: { limit: 10, period_ms: 3_600_000, burst: 2, on_limit: "delay" },
    singleton: { mode: "queue", key: "user" },
  });
});

describe("a function is refused where it is declared", () => {
  test.each<[Limits, string]>([
    [{ idempotency: {} as never }, "idempotency.key must be a path into event.data"],
    [{ idempotency: "order" as never }, "idempotency takes an object ({ key, period })"],
    [
      { rateLimit: { limit: 0, period: "1h" } },
      "rateLimit.limit must be a whole number from 1 to 10000, and is 0.",
    ],
    [
      { rateLimit: { limit: 20_000, period: "1h" } },
      "rateLimit.limit must be a whole number from 1 to 10000",
    ],
    [{ rateLimit: { limit: 1 } as never }, "rateLimit.period is missing."],
    [{ rateLimit: { limit: 1, period: "1h", onLimit: "drop" as never } }, '"skip" or "delay", and is "drop"'],
    [{ debounce: { period: "10s", maxWait: "5s" } }, "debounce.maxWait must not be shorter than its period."],
    [{ debounce: { period: "10s", timeout: "5s" } as never }, 'debounce has no option "timeout"'],
    [{ batch: { maxSize: 1, maxWait: "1s" } }, "batch.maxSize must be at least 2"],
    [
      { batch: { maxSize: 2, maxWait: "1s" }, debounce: { period: "1s", edge: "leading" } },
      'it cannot have a debounce with the edge "leading"',
    ],
    [{ singleton: {} as never }, "singleton.mode must be"],
  ])("%j", (limits, sentence) => {
    expect(declared(limits)).toThrow(sentence);
    expect(declared(limits)).toThrow('Function "f": ');
  });
});
