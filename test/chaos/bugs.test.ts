import { expect, test } from "vitest";
import { bugs, expectApplies } from "./bugs.ts";

test("there are the five bugs that every harness must catch", () => {
  expect(bugs().map(({ name }) => name)).toEqual([
    "ack-before-commit",
    "commit-in-two-statements",
    "no-dedupe",
    "no-fence",
    "timer-fires-early",
  ]);
});

// Whether each is caught takes minutes: `npm run chaos -- --bugs`.
test.for(bugs())("the bug $name still applies to the code", (bug) => expectApplies(bug));
