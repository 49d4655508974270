import { expect, test } from "vitest";
import { bugs, expectApplies } from "./bugs.ts";

test("there are the bugs that every harness must catch", () => {
  expect(bugs().map(({ name }) => name)).toEqual([
    "ack-before-commit",
    "commit-in-two-statements",
    "gate-freed-silently",
    "gate-freed-twice",
    "gate-kept-asleep",
    "gate-loses-its-wake",
    "gate-uncounted",
    "gate-unkept",
    "look-back-takes-again",
    "losers-go-on",
    "no-dedupe",
    "no-fence",
    "spawned-live-on",
    "timer-fires-early",
    "undo-not-recorded",
  ]);
});

// Whether each is caught takes minutes: `npm run chaos -- --bugs`.
test.for(bugs())("the bug $name still applies to the code", (bug) => expectApplies(bug));
