import fc from "fast-check";
import { programs } from "./arbitrary.ts";
import { type Difference, runPrograms } from "./run-programs.ts";

/** A fault must hit the right moment, so each program is run so often, all at once. */
const COPIES = 20;
const SHRINK_MS_MAX = 120_000;

/** A smaller program that differs like the one with this number, or null when it does not differ again. */
export async function shrink({
  seed,
  index,
  signal,
}: {
  readonly seed: number;
  readonly index: number;
  readonly signal: AbortSignal;
}): Promise<Difference | null> {
  let smallest: Difference | null = null;
  const differs = fc.asyncProperty(programs, async (program) => {
    if (signal.aborted) return true;
    const result = await runPrograms({
      programs: Array.from({ length: COPIES }, () => program),
      seed,
      concurrency: COPIES,
      untilMs: performance.now() + SHRINK_MS_MAX,
      signal,
    });
    const [first] = result.differences;
    if (first === undefined) return true;
    smallest = first;
    return false;
  });
  // The path is the number of the program among those that the seed gives.
  await fc.check(differs, { seed, path: String(index), numRuns: 1, interruptAfterTimeLimit: SHRINK_MS_MAX });
  return smallest;
}
