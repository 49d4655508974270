// A bank that charges by idempotency key, and answers lost at every point: one charge per step, always.
import { beforeAll, expect, test } from "vitest";
import { createFunction } from "../../sdk-ts/src/index.ts";
import { crashMatrix, type TestKit } from "../../sdk-ts/src/testing/index.ts";
import { openKit } from "../support/kit.ts";

/** How often each key was seen, and what was taken for it: only the first time. */
const seen = new Map<string, number>();
const taken = new Map<string, number>();

function charge(key: string, amount: number): number {
  seen.set(key, (seen.get(key) ?? 0) + 1);
  if (!taken.has(key)) taken.set(key, amount);
  return amount;
}

const checkout = createFunction({
  id: "checkout",
  retry: { max: 3, backoff: "constant", base: "1m" },
  handler: async ({ step }) => {
    const deposit = await step.run("deposit", ({ idempotencyKey }) => charge(idempotencyKey, 5));
    const parts = await Promise.all(
      [10, 20].map((amount) => step.run("part", ({ idempotencyKey }) => charge(idempotencyKey, amount))),
    );
    await step.sleep("delivery", "3d");
    const rest = await step.run("rest", ({ idempotencyKey, attempt }) => {
      charge(idempotencyKey, 40);
      // The bank has taken it, and its own answer is lost: the next attempt asks with the same key.
      if (attempt === 1) throw new Error("no answer from the bank");
      return 40;
    });
    return deposit + parts[0]! + parts[1]! + rest;
  },
});
const STEPS_THAT_CHARGE = 4;

let kit: TestKit;
beforeAll(async () => {
  kit = await openKit({ functions: [checkout] });
});

function forget(): void {
  seen.clear();
  taken.clear();
}

function expectOneChargeEach(): void {
  expect([...taken.values()].sort((a, b) => a - b)).toEqual([5, 10, 20, 40]);
  expect(seen.size).toBe(STEPS_THAT_CHARGE);
}

test("whatever is lost at whichever step, each step charges once", { timeout: 120_000 }, async () => {
  const { crashes } = await crashMatrix({ kit, fn: checkout, before: forget, after: expectOneChargeEach });
  expect(crashes.length).toBeGreaterThanOrEqual(4 * 4);
});

test("every answer is lost once, and then once more", { timeout: 60_000 }, async () => {
  forget();
  const steps = ["deposit", "part", "rest"].flatMap((step) => [
    { step, n: 0 },
    { step, n: step === "part" ? 1 : 0 },
  ]);
  const crashes = steps.map((step) => kit.crashAfter(step, "answer"));
  expect(await kit.run(checkout)).toBe(75);
  await Promise.all(crashes.map((crash) => crash.happened));
  expectOneChargeEach();
  // The guard: without keys the customer would have paid more than once.
  expect(Math.max(...seen.values())).toBeGreaterThan(2);
});
