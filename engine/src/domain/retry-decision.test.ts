import type { RetryPolicy } from "@durable/protocol/wire";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_RETRY, RETRY_DELAY_MS_MAX, retryDelayMs } from "./backoff.ts";
import { decideRetry } from "./retry-decision.ts";

const delay = fc.integer({ min: 1, max: RETRY_DELAY_MS_MAX });
const policies: fc.Arbitrary<RetryPolicy> = fc
  .record({
    max: fc.integer({ min: 1, max: 1_000 }),
    backoff: fc.constantFrom("exponential", "linear", "constant", "table" as const),
    table_ms: fc.array(delay, { minLength: 1, maxLength: 20 }),
    base_ms: delay,
    factor: fc.double({ min: 1, max: 100, noNaN: true }),
    max_ms: delay,
    jitter: fc.boolean(),
  })
  .map(({ table_ms, ...rest }) => (rest.backoff === "table" ? { ...rest, table_ms } : rest) as RetryPolicy);
const attempts = fc.integer({ min: 1, max: 1_000 });
const dice = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const error = { name: "CardError", message: "declined" };

const base = { policy: DEFAULT_RETRY, failure: error, attempt: 1, elapsedMs: 0, random: 0 };

describe("the delay", () => {
  test("is a whole number of milliseconds between 1 and the policy's longest", () => {
    fc.assert(
      fc.property(policies, attempts, dice, (policy, attempt, random) => {
        const ms = retryDelayMs(policy, attempt, random);
        expect(Number.isInteger(ms)).toBe(true);
        expect(ms).toBeGreaterThanOrEqual(1);
        expect(ms).toBeLessThanOrEqual(policy.max_ms);
      }),
    );
  });

  test("with jitter lies in the upper half of the one without", () => {
    fc.assert(
      fc.property(policies, attempts, dice, (policy, attempt, random) => {
        const full = retryDelayMs({ ...policy, jitter: false }, attempt, 0);
        const spread = retryDelayMs({ ...policy, jitter: true }, attempt, random);
        expect(spread).toBeGreaterThanOrEqual(Math.max(1, Math.floor(full / 2)));
        expect(spread).toBeLessThanOrEqual(full);
      }),
    );
  });

  test("without a table never shrinks as attempts go on", () => {
    const growing = policies.filter(({ backoff }) => backoff !== "table");
    fc.assert(
      fc.property(growing, attempts, (policy, attempt) => {
        const exact = { ...policy, jitter: false };
        expect(retryDelayMs(exact, attempt + 1, 0)).toBeGreaterThanOrEqual(retryDelayMs(exact, attempt, 0));
      }),
    );
  });

  test("of a table is its entry for the attempt, and its last one from there on", () => {
    fc.assert(
      fc.property(fc.array(delay, { minLength: 1, maxLength: 100 }), attempts, (table_ms, attempt) => {
        const policy: RetryPolicy = {
          ...DEFAULT_RETRY,
          backoff: "table",
          table_ms,
          max_ms: RETRY_DELAY_MS_MAX,
          jitter: false,
        };
        expect(retryDelayMs(policy, attempt, 0)).toBe(table_ms[attempt - 1] ?? table_ms.at(-1));
      }),
    );
  });
});

describe("after a failed attempt", () => {
  test("there is another exactly while the policy allows more, and none when the code says so", () => {
    fc.assert(
      fc.property(policies, attempts, dice, (policy, attempt, random) => {
        const { kind } = decideRetry({ ...base, policy, attempt, random });
        expect(kind).toBe(attempt < policy.max ? "retry" : "exhausted");
        const never = decideRetry({ ...base, policy, attempt, random, failure: { ...error, retry: false } });
        expect(never.kind).toBe("final");
      }),
    );
  });

  test("what the code says about when takes the place of the policy's delay", () => {
    expect(decideRetry({ ...base, failure: { ...error, retry_after_ms: 77 } })).toEqual({
      kind: "retry",
      delayMs: 77,
    });
  });

  test.each([
    [{ retry_on: ["CardError"] }, "retry"],
    [{ retry_on: ["TimeoutError"] }, "final"],
    [{ retry_on: [] }, "final"],
    [{ stop_on: ["CardError"] }, "final"],
    [{ stop_on: ["TimeoutError"] }, "retry"],
    [{ retry_on: ["CardError"], stop_on: ["CardError"] }, "final"],
  ])("of a CardError, %o means: %s", (lists, kind) => {
    expect(decideRetry({ ...base, policy: { ...DEFAULT_RETRY, ...lists } }).kind).toBe(kind);
  });

  test("no attempt begins later than the longest duration", () => {
    fc.assert(
      fc.property(
        policies,
        attempts,
        fc.nat(RETRY_DELAY_MS_MAX),
        delay,
        (policy, attempt, elapsedMs, max) => {
          const bounded = { ...policy, max: 1_000, jitter: false, max_duration_ms: max };
          const next = decideRetry({ ...base, policy: bounded, attempt: Math.min(attempt, 999), elapsedMs });
          const delayMs = retryDelayMs(bounded, Math.min(attempt, 999), 0);
          expect(next.kind).toBe(elapsedMs + delayMs <= max ? "retry" : "exhausted");
        },
      ),
    );
  });
});
