import { afterAll, expect, test } from "vitest";
import { createDatabase } from "../support/postgres.ts";
import { runStorm } from "./storm.ts";

const database = await createDatabase();
afterAll(() => database.drop());

// A few seconds of it. The long one is `npm run schedules`.
test("a hundred schedules with three engines that are killed start every tick once", {
  timeout: 120_000,
}, async () => {
  const { flaws, ticks, done } = await runStorm({ seed: 3, durationMs: 8_000, database });
  expect(flaws).toEqual([]);
  expect(done["half done"] + done.kills + done["all killed"]).toBeGreaterThan(0);
  expect(ticks["all"]).toBeGreaterThan(50 * 5);
});
