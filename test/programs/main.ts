// `npm run programs`: random programs by the thousand, with faults, held against the reference interpreter.

import { parseArgs } from "node:util";
import fc from "fast-check";
import { programs } from "./arbitrary.ts";
import { type Difference, type ProgramsResult, type Progress, runPrograms } from "./run-programs.ts";
import { shrink } from "./shrink.ts";

const USAGE = `Usage: npm run programs -- [--programs <number>] [--seed <number>] [--minutes <number>]

  --programs  how many (10000)
  --seed      what the programs and the faults are made from (a random one, printed first)
  --minutes   no program is started after that (20)`;

const CONCURRENCY = 160;
const BAR_WIDTH = 20;
const PLAIN_EVERY_MS = 15_000;
/** So many programs in which no step that runs at most once is interrupted prove nothing about that. */
const PROVES_MIN = 1_000;

const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupted.abort());

const options = optionsOrUsage();
if (options === null) process.exit(2);
try {
  process.exitCode = await main(options);
} catch (error) {
  console.error("FAILED: the harness itself broke.", error);
  process.exitCode = 1;
}
process.exit();

async function main({ count, minutes, seed }: Options): Promise<number> {
  console.log(`programs: seed ${seed}, ${count} programs, at most ${minutes} minutes\n`);
  const startedMs = performance.now();
  const result = await runPrograms({
    programs: fc.sample(programs, { seed, numRuns: count }),
    seed,
    concurrency: CONCURRENCY,
    untilMs: startedMs + minutes * 60_000,
    onProgress: progressBar(),
    signal: interrupted.signal,
  });
  if (interrupted.signal.aborted) return 130;
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(0);
  const faults = Object.entries(result.faults).map(([name, times]) => `${name} ${times}`);
  console.log(
    `${result.done} programs with ${result.steps} recorded steps in ${seconds} s; ${faults.join(", ")}`,
  );
  const { checkpoints, heartbeats } = result.taken;
  console.log(
    `${checkpoints} checkpoints and ${heartbeats} heartbeats were taken; ${result.interrupted} steps that run at most once were interrupted`,
  );
  for (const [fn, owed] of Object.entries(result.owed))
    console.log(`${result.started[fn]} runs of "${fn}" were started, of ${owed}`);
  for (const difference of result.differences) print(difference);
  const [first] = result.differences;
  if (first !== undefined) await printSmaller(seed, first);
  const areAllStarted = Object.entries(result.owed).every(([fn, owed]) => result.started[fn] === owed);
  const isWell = first === undefined && areAllStarted && result.done > 0 && !lacks(result);
  if (result.done < count) console.log(`The time was up after ${result.done} of ${count} programs.`);
  console.log(
    isWell
      ? "PASSED: no difference"
      : `FAILED. The same again: npm run programs -- --programs ${count} --seed ${seed}`,
  );
  return isWell ? 0 : 1;
}

function lacks({ done, interrupted }: ProgramsResult): boolean {
  if (done < PROVES_MIN || interrupted > 0) return false;
  console.log("No step that runs at most once was interrupted.");
  return true;
}

function print({ index, run, sentences, program }: Difference): void {
  console.log(`\n! program ${index}, run ${run}\n${sentences.map((sentence) => `  ${sentence}`).join("\n")}`);
  console.log(`  ${JSON.stringify(program)}`);
}

async function printSmaller(seed: number, { index }: Difference): Promise<void> {
  console.log("\nLooking for a smaller program that differs too...");
  const smaller = await shrink({ seed, index, signal: interrupted.signal });
  if (smaller === null) console.log("It did not differ again: it takes a fault at the right moment.");
  else print(smaller);
}

interface Options {
  readonly count: number;
  readonly minutes: number;
  readonly seed: number;
}

function optionsOrUsage(): Options | null {
  try {
    return readOptions();
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    return null;
  }
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      programs: { type: "string", default: "10000" },
      seed: { type: "string" },
      minutes: { type: "string", default: "20" },
    },
  });
  const seed = values.seed === undefined ? Math.floor(Math.random() * 1e9) : Number(values.seed);
  const count = Number(values.programs);
  const minutes = Number(values.minutes);
  if (!Number.isSafeInteger(seed)) throw new Error(`--seed is ${values.seed}; it must be a whole number.`);
  if (!Number.isSafeInteger(count) || count < 1)
    throw new Error(`--programs is ${values.programs}; it must be a whole number from 1.`);
  if (!(minutes > 0)) throw new Error(`--minutes is ${values.minutes}; it must be a number above 0.`);
  return { count, minutes, seed };
}

/** One line, written over and over on a terminal, and now and then elsewhere. */
function progressBar(): (state: Progress) => void {
  const isTerminal = process.stderr.isTTY === true;
  let plainAtMs = 0;
  return ({ done, of, different, faults }) => {
    const full = Math.round((done / of) * BAR_WIDTH);
    const bar = "█".repeat(full) + "░".repeat(BAR_WIDTH - full);
    const line = `${bar} ${done}/${of}  ${different} different  |  ${faults}`;
    if (isTerminal) process.stderr.write(`\r\x1b[K${line}${done === of ? "\n" : ""}`);
    else if (performance.now() >= plainAtMs) {
      process.stderr.write(`${line}\n`);
      plainAtMs = performance.now() + PLAIN_EVERY_MS;
    }
  };
}
