// A run that nothing brings to its end: said, instead of a test that only runs out of its time.
import { expect, test } from "vitest";
import { testRun } from "./test-run.ts";

const polling = (patienceMs = 30_000) => {
  let jumps = 0;
  const state = { id: "r", function: "poll", status: "waiting", why: '"rest" sleeps until noon.', steps: [] };
  const parts = {
    api: { get: async () => state },
    settled: async () => ({ busy: 0, nextDueMs: 60_000, nowMs: 0 }),
    toNextTimer: async () => {
      jumps += 1;
      return 60_000;
    },
    jump: async () => {
      jumps += 1;
    },
    patienceMs,
  };
  return { run: testRun(parts as never, "r"), jumps: () => jumps };
};

test("a loop that sleeps and looks again is found when its end is waited for", async () => {
  const { run, jumps } = polling();
  await expect(run.ended()).rejects.toThrow(
    'Run r of "poll" is still waiting after 1000 timers in a row, 17 h later by the kit\'s clock: "rest" sleeps until noon. Something wakes by itself for ever',
  );
  expect(jumps()).toBe(1_000);
});

test("and when it is waited for what it asks", async () => {
  await expect(polling().run.answer("amount", 1)).rejects.toThrow("Something wakes by itself for ever");
});

test("that takes no longer than the kit's patience, and some timers are none", async () => {
  const { run, jumps } = polling(-1);
  await expect(run.ended()).rejects.toThrow("is still waiting after 50 timers in a row, 50 min later");
  expect(jumps()).toBe(50);
});
