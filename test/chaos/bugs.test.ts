import { expect, test } from "vitest";
import { bugs, expectApplies } from "./bugs.ts";

test("there are the bugs that every harness must catch", () => {
  expect(bugs().map(({ name }) => name)).toEqual([
    "ack-before-commit",
    "batch-overfull",
    "commit-in-two-statements",
    "debounce-joins-begun",
    "gate-freed-silently",
    "gate-freed-twice",
    "gate-kept-asleep",
    "gate-loses-its-wake",
    "gate-uncounted",
    "gate-unkept",
    "limit-set-silently",
    "look-back-last-first",
    "look-back-takes-again",
    "losers-go-on",
    "no-dedupe",
    "no-fence",
    "overlap-asleep-unseen",
    "pause-unseen-by-gates",
    "shape-keys-unlocked",
    "singleton-forgets-who-waits",
    "spawned-live-on",
    "throttle-starts-cost-one",
    "tick-moves-on-first",
    "tick-named-by-engine",
    "timer-fires-early",
    "turn-lost",
    "undo-not-recorded",
  ]);
});

// Whether each is caught takes minutes: `npm run chaos -- --bugs`.
test.for(bugs())("the bug $name still applies to the code", (bug) => expectApplies(bug));
