import { expect, test } from "vitest";
import type { Report, Result } from "../result.ts";
import { badgeOf } from "./badge.ts";
import { failureLines, summaryLines } from "./console.ts";
import { junitOf } from "./junit.ts";

const passed: Result = {
  id: "L0-a",
  level: 0,
  says: "It works.",
  status: "PASSED",
  flaws: [],
  ms: 3,
  requests: 1,
  bytes: 9,
};
const failed: Result = {
  ...passed,
  id: "L0-b",
  status: "FAILED",
  flaws: ['body.v should be "<x>&", and is \u0000'],
  tape: [{ mark: ">", text: 'POST {"a":"<"}' }],
};
const missing: Result = { ...passed, id: "L1-c", level: 1, status: "NOT_IMPLEMENTED", reason: "no c" };
const report = (...results: Result[]): Report => ({
  isPart: false,
  url: "http://127.0.0.1:1/",
  sdk: "durable-x/1",
  capabilities: [],
  results,
  ms: 1_500,
});

test("JUnit has a test case for each result, and no character that XML cannot have", () => {
  const text = junitOf(report(passed, failed, missing));
  expect(text).toContain('tests="3" failures="1" skipped="1" time="1.5"');
  expect(text).toContain('<skipped message="no c"/>');
  expect(text).toContain("should be &quot;&lt;x&gt;&amp;&quot;, and is ");
  expect(text).not.toMatch(/\u0000|<x>/);
});

test("a failure is told with its promise, its flaws, what was said, and how to run it alone", () => {
  expect(failureLines(failed).join("\n")).toMatch(
    /FAILED L0-b\n {2}promise {2}It works\.\n {2}flaw {5}body\.v .*\n {4}> POST .*\n {2}again {4}--case L0-b/,
  );
});

test("summary and badge say the level, or what failed", () => {
  expect(summaryLines(report(passed, missing)).join("\n")).toContain("1 passed, 0 failed, 1 not implemented");
  expect(badgeOf(report(passed, missing))).toContain("level 0, 1 cases");
  expect(badgeOf(report(passed, failed))).toContain("1 failed");
});
