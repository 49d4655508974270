// Random programs on the real engine, with answers lost, requests doubled, engines dying and leases lost, each held
// against the reference interpreter. The long run is `npm run programs`.
import fc from "fast-check";
import { expect, test } from "vitest";
import { postgresUrl } from "../support/kit.ts";
import { programs } from "./arbitrary.ts";
import type { Program } from "./program.ts";
import { runPrograms } from "./run-programs.ts";

const SEED = 7;
const PROGRAMS = 200;
/** Long enough for several checkpoints in one dispatch, of which chance makes few. */
const LONG: Program = {
  body: [{ do: "loop", times: 100, body: [{ do: "step", name: "each", fails: 0 }] }],
};
const LONG_ONES = 10;

test(`${PROGRAMS} random programs end as the reference says, whatever breaks`, {
  timeout: 300_000,
}, async () => {
  const result = await runPrograms({
    programs: [
      ...fc.sample(programs, { seed: SEED, numRuns: PROGRAMS - LONG_ONES }),
      ...Array.from({ length: LONG_ONES }, () => LONG),
    ],
    seed: SEED,
    concurrency: 100,
    untilMs: performance.now() + 240_000,
    postgresUrl: postgresUrl(),
  });
  expect(result.differences).toEqual([]);
  expect(result).toMatchObject({ done: PROGRAMS, started: result.owed });
  for (const [fault, count] of Object.entries({ ...result.faults, ...result.taken }))
    expect(count, fault).toBeGreaterThan(0);
});
