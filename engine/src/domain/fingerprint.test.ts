import { expect, test } from "vitest";
import { fingerprintOf, placeOf, sameEveryTime } from "./fingerprint.ts";

const failure = {
  name: "DeclinedError",
  message: "card 4242 of order ord_17a was declined",
  frame: "src/pay.ts:12:9",
};
const seen = { functionId: "pay", failure, step: "charge" };
const like = (change: Partial<typeof failure>, more: Partial<typeof seen> = {}) =>
  fingerprintOf({ ...seen, ...more, failure: { ...failure, ...change } });

test("the same name, step and line are one error, whatever the message, the function and the column", () => {
  const one = fingerprintOf(seen);
  expect(one).toMatch(/^[0-9a-f]{16}$/);
  expect(like({ message: "other words" })).toBe(one);
  expect(like({ frame: "src/pay.ts:12:17\n> 12 | throw new DeclinedError()" })).toBe(one);
  expect(like({}, { functionId: "refund" })).toBe(one);
});

test("another name, step or line is another error", () => {
  const all = [
    fingerprintOf(seen),
    like({ name: "TypeError" }),
    like({ frame: "src/pay.ts:13:9" }),
    like({}, { step: "refund" }),
  ];
  expect(new Set(all).size).toBe(4);
});

test("without a line the message tells it, without its ids and numbers, for each function", () => {
  const bare = (message: string, functionId = "pay", code?: string) =>
    fingerprintOf({ functionId, step: null, failure: { name: "Error", message, ...(code && { code }) } });
  expect(bare("order 17 was lost after 3.5 s")).toBe(bare("order 18 was lost after 12 s"));
  expect(bare("order 17 was lost")).not.toBe(bare("order 17 was found"));
  expect(bare("lost")).not.toBe(bare("lost", "refund"));
  expect(bare("lost", "pay", "timeout_start")).not.toBe(bare("lost", "pay", "timeout_finish"));
});

test.each([
  ["run 0192f0c1-7f2e-7000-8000-0123456789ab is gone", "run <id> is gone"],
  ["ord_17a and cus-9f3 of a.b@example.com", "<id> and <id> of <address>"],
  ["deadbeef01 at 10.0.0.1:5432", "<id> at <n>"],
  ["well-known words_stay", "well-known words_stay"],
])("%s -> %s", (message, expected) => expect(sameEveryTime(message)).toBe(expected));

test("a hostile message costs little", () => {
  const began = performance.now();
  sameEveryTime("a_".repeat(1_000_000));
  sameEveryTime("0-".repeat(250));
  sameEveryTime(`${"a.".repeat(249)}@`);
  expect(performance.now() - began).toBeLessThan(500);
});

test("a place is the first line of a frame", () => {
  expect(placeOf("src/pay.ts:12:9\n> 12 | x")).toBe("src/pay.ts:12:9");
  expect(placeOf(undefined)).toBeNull();
});
