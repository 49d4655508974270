// A rerun from any step of any program comes to what the program comes to, and does nothing of what it kept.
import fc from "fast-check";
import { expect, test } from "vitest";
import { postgresUrl } from "../support/kit.ts";
import { programs } from "./arbitrary.ts";
import { rerunPrograms } from "./rerun-programs.ts";

const SEED = 41;
const PROGRAMS = 60;

test(`${PROGRAMS} random programs, each run again from one of its steps`, { timeout: 300_000 }, async () => {
  const uncancelled = programs.map(({ body }) => ({ body }));
  const result = await rerunPrograms(fc.sample(uncancelled, { seed: SEED, numRuns: PROGRAMS }), {
    seed: SEED,
    concurrency: 40,
    postgresUrl: postgresUrl(),
  });
  expect(result.differences).toEqual([]);
  expect(result.reruns).toBeGreaterThan(PROGRAMS / 2);
  expect(result.kept).toBeGreaterThan(result.reruns);
});
