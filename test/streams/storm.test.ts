import { afterAll, expect, test } from "vitest";
import { createDatabase } from "../support/postgres.ts";
import { runStorm } from "./storm.ts";

const database = await createDatabase();
afterAll(() => database.drop());

// A few seconds of it. The long one is `npm run streams`.
test("sixty clients have what the database has, after engines were killed and connections cut off", {
  timeout: 120_000,
}, async () => {
  const options = {
    seed: 5,
    durationMs: 5_000,
    clients: 60,
    runsPerSecond: 5,
    hasFaults: true,
    faultsEveryMs: 850,
    database,
  };
  const { done, flaws } = await runStorm(options);
  expect(flaws).toEqual([]);
  expect(done.cuts + done.kills).toBeGreaterThan(0);
  expect(done.streams).toBeGreaterThan(60);
});
