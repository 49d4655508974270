import { expect, test } from "vitest";
import { functionDiff } from "./function-diff.ts";

const declared = (...manifests: Record<string, unknown>[]) =>
  new Map(manifests.map((manifest) => [manifest["id"] as string, manifest]));

const pay = { id: "pay", rev: "1", triggers: [{ event: "order" }], retry: { max: 3 } };

test("what is the same is not told, whatever its code's version and the order of its members", () => {
  const again = { triggers: [{ event: "order" }], retry: { max: 3 }, rev: "2", id: "pay" };
  expect(functionDiff(declared(pay), declared(again))).toEqual([]);
});

test("functions that came and went, and of the others which words differ", () => {
  const old = { id: "old", triggers: [] };
  const refund = { id: "refund", triggers: [{ event: "refund.asked" }] };
  const now = { ...pay, triggers: [{ cron: "0 9 * * *" }], rate_limit: { limit: 1 }, retry: undefined };
  expect(functionDiff(declared(pay, old), declared(refund, now))).toEqual([
    '+ refund: triggers [{"event":"refund.asked"}]',
    '~ pay: triggers [{"event":"order"}] -> [{"cron":"0 9 * * *"}]; retry {"max":3} -> none; rate limit none -> {"limit":1}',
    "- old: starts no more runs; those under way go on",
  ]);
});

test("a long schema is cut", () => {
  const [line] = functionDiff(declared(pay), declared({ ...pay, input: { text: "x".repeat(1_000) } }));
  expect(line!.length).toBeLessThan(200);
});
