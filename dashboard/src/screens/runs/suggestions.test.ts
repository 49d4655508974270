import { expect, test } from "vitest";
import { type Known, suggestionsFor } from "./suggestions.ts";

const KNOWN: Known = {
  functions: ["pay", "send mail"],
  deployments: ["2026-11-25.3"],
  errors: ["CardError"],
  tags: ["import"],
  paths: ["data.user.id"],
  newestVersion: 3,
};
const texts = (text: string, caret = text.length) =>
  suggestionsFor(text, caret, KNOWN).map((each) => each.text);

test("names first, with the paths that functions declare", () => {
  expect(texts("st")).toEqual(["status:", "step:"]);
  expect(texts("data")).toEqual(["data.user.id:"]);
  expect(texts("").length).toBeGreaterThan(5);
});

test("then values, quoted where they must be", () => {
  expect(texts("function:")).toEqual(["function:pay", 'function:"send mail"']);
  expect(texts("version:")).toEqual(["version:3", "version:2", "version:1"]);
  expect(texts("error:card")).toEqual(["error:CardError"]);
});

test("of several statuses the last is completed", () => {
  expect(texts("status:failed,pau")).toEqual(["status:failed,paused"]);
  expect(texts("status:failed,")).not.toContain("status:failed,failed");
});

test("the term in which the caret stands is replaced, the others stay", () => {
  expect(texts("function:p after:2h", 10)).toEqual(["function:pay after:2h"]);
});
