// `pnpm bench`: Durable beside its peers on this machine. Every work of every system begins with fresh processes and
// an empty store, only one system is alive at a time, and what counts are medians and ratios over rounds (README.md).

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bench } from "./bench.ts";
import { profileInto } from "./children.ts";
import { requireDisk } from "./machine.ts";
import { type Options, readOptions, USAGE } from "./options.ts";
import { report, tables } from "./report.ts";
import type { Results } from "./results.ts";
import { goalsTable } from "./tables.ts";
import { DEFAULT_WORKS, SYSTEM_NAMES } from "./works.ts";

const RESULTS_FILE = fileURLToPath(new URL("RESULTS.md", import.meta.url));
/** Fewer do not make a median. */
const ROUNDS_MIN = 3;

// Leaving by `exit` runs what ends the children and removes the temporary folders.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

const options = understood(process.argv.slice(2));
console.error(`seed ${options.seed}`);
profileInto(options.profile);
const results = await bench(options);
console.log(`\n${tables(results)}\n\n## Goals\n\n${goalsTable(results)}`);
if (options.json !== null) writeFileSync(options.json, JSON.stringify(results, null, 1));
if (isWhole(options, results)) {
  writeFileSync(RESULTS_FILE, report(results));
  console.error(`Written to ${RESULTS_FILE}.`);
} else {
  console.error("RESULTS.md was left as it is: it takes all systems and works, and three rounds.");
}
for (const line of results.skipped) console.error(`NOT MEASURED: ${line}`);
process.exit(results.skipped.length > 0 ? 1 : 0);

function understood(args: readonly string[]): Options {
  if (args.includes("--help")) {
    console.log(USAGE);
    process.exit(0);
  }
  try {
    requireDisk();
    return readOptions(args);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    process.exit(2);
  }
}

/** A quick look at one work must not replace the record of all. */
function isWhole({ works, systems, profile }: Options, { rounds, measurements }: Results): boolean {
  return (
    profile === null &&
    rounds >= ROUNDS_MIN &&
    DEFAULT_WORKS.every((name) => works.includes(name)) &&
    SYSTEM_NAMES.every((name) => systems.includes(name) && measurements.some((one) => one.system === name))
  );
}
