import { expect, test } from "vitest";
import { judgeOf, statusesOf, termsOf, termValue, withStatusToggled, withTerm } from "./query-text.ts";

test("a text is taken apart as the engine does it", () => {
  expect(termsOf('status:failed error:"Card \\"x\\" error" data.user.id:42 0199')).toMatchObject([
    { name: "status", value: "failed", start: 0, end: 13 },
    { name: "error", value: 'Card "x" error' },
    { name: "data.user.id", value: "42" },
    { name: null, value: "0199" },
  ]);
});

test("what is being typed has no value yet", () => {
  expect(termsOf("status:")).toMatchObject([{ name: "status", value: "", start: 0, end: 7 }]);
  expect(termsOf('error:"Car')).toMatchObject([{ name: "error", value: "Car" }]);
});

test("a term is changed in its place, added at the end, and taken out", () => {
  expect(withTerm("status:failed after:2h", "status", "paused")).toBe("status:paused after:2h");
  expect(withTerm("after:2h", "function", "send mail")).toBe('after:2h function:"send mail"');
  expect(withTerm("status:failed after:2h", "status", null)).toBe("after:2h");
  expect(termValue(withTerm("", "error", 'a "b"'), "error")).toBe('a "b"');
});

test("statuses are toggled one by one", () => {
  expect(withStatusToggled("", "failed")).toBe("status:failed");
  expect(withStatusToggled("status:failed", "paused")).toBe("status:failed,paused");
  expect(withStatusToggled("status:failed,paused", "failed")).toBe("status:paused");
  expect(withStatusToggled("status:failed after:1h", "failed")).toBe("after:1h");
  expect(statusesOf("status:failed,paused")).toEqual(["failed", "paused"]);
});

test("the page judges by status and function, and leaves the rest to the engine", () => {
  const run = { status: "failed", function: "pay" };
  expect(judgeOf("")?.(run)).toBe(true);
  expect(judgeOf("status:failed,paused function:pay")?.(run)).toBe(true);
  expect(judgeOf("function:other")?.(run)).toBe(false);
  expect(judgeOf("after:2h")).toBeNull();
  expect(judgeOf("tag:import status:failed")).toBeNull();
});
