// `npm run bench:parked`: does a key that flows notice a million jobs that are parked behind others? By the statements of one
// engine, on a fresh Postgres, without an app: what is asked is what the queue costs (README.md).

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { describeMachine, requireDisk } from "../machine.ts";
import { startBenchPostgres } from "../postgres.ts";
import { figure, table } from "../table.ts";
import { Backlog, type Flow } from "./backlog.ts";

const RESULTS_FILE = fileURLToPath(new URL("../PARKED.md", import.meta.url));
const JOBS_OF_RECORD = 1_000_000;

interface Result {
  readonly keys: number;
  readonly jobs: number;
  readonly empty: Flow;
  readonly full: Flow;
  readonly enqueuePerS: number;
  readonly parkPerS: number;
  readonly parkCpuUs: number;
  readonly promotePerS: number;
  readonly promoteCpuUs: number;
  readonly storedMs: number;
  readonly inForceMs: number;
}

const { values } = parseArgs({
  options: {
    jobs: { type: "string", default: String(JOBS_OF_RECORD) },
    keys: { type: "string", default: "1,10000" },
    seconds: { type: "string", default: "20" },
  },
});
const [jobs, seconds] = [Number(values.jobs), Number(values.seconds)];
const keys = values.keys.split(",").map(Number);
if (![jobs, seconds, ...keys].every((value) => value > 0)) {
  console.error("npm run bench:parked -- [--jobs 1000000] [--keys 1,10000] [--seconds 20]");
  process.exit(2);
}
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
requireDisk();
const machine = describeMachine();
const results: Result[] = [];
for (const count of keys) results.push(await measure(count));
const text = report(results);
console.log(`\n${text}`);
if (jobs >= JOBS_OF_RECORD) writeFileSync(RESULTS_FILE, text);
const missed = results.flatMap(missedBy);
for (const line of missed) console.error(`MISSED: ${line}`);
process.exit(missed.length === 0 ? 0 : 1);

async function measure(keyCount: number): Promise<Result> {
  const postgres = await startBenchPostgres();
  try {
    const backlog = await Backlog.open(postgres.url, keyCount);
    say(`${keyCount} keys: warm-up`);
    await backlog.flow(Math.min(5, seconds));
    const empty = await backlog.flow(seconds);
    say(
      `flow ${figure(empty.jobsPerS)}/s, claim p99 ${figure(empty.claimP99Ms)} ms; ${jobs} jobs come to be parked`,
    );
    const grown = await backlog.grow(jobs);
    say(`enqueued ${figure(grown.enqueuePerS)}/s, parked ${figure(grown.parkPerS)}/s`);
    const full = await backlog.flow(seconds);
    say(`flow ${figure(full.jobsPerS)}/s, claim p99 ${figure(full.claimP99Ms)} ms`);
    const change = await backlog.change(jobs);
    const drained = await backlog.drain(Math.min(jobs, 50_000), change.leases);
    say(`promoted ${figure(drained.promotePerS)}/s`);
    await backlog.close();
    const { storedMs, inForceMs } = change;
    return { keys: keyCount, jobs, empty, full, ...grown, ...drained, storedMs, inForceMs };
  } finally {
    await postgres.stop();
  }
}

function report(all: readonly Result[]): string {
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  const flow = all.flatMap(({ keys, jobs, empty, full }) =>
    [empty, full].map((one) => [
      one === empty ? "nobody" : `${jobs} behind ${keys} ${keys === 1 ? "key" : "keys"}`,
      ...[one.jobsPerS, one.claimP50Ms, one.claimP99Ms, one.claimCpuMs, one.claimPages].map((value) =>
        figure(value),
      ),
    ]),
  );
  const rates = all.map((one) =>
    [
      one.keys,
      ...[
        one.enqueuePerS,
        one.parkPerS,
        one.promotePerS,
        one.parkCpuUs,
        one.promoteCpuUs,
        one.storedMs,
        one.inForceMs,
      ].map((value) => figure(value)),
    ].map(String),
  );
  const cpuShare = `load ${machine.loadBefore.toFixed(1)} before`;
  return `# A backlog behind blocked keys

Measured by \`npm run bench:parked\` at ${new Date().toISOString()}, commit ${commit}, on ${machine.cores} cores of ${machine.cpu}, ${machine.os}, ${cpuShare}.

${table(["parked", "flow, jobs/s", "claim p50, ms", "claim p99, ms", "claim CPU, ms", "pages of a claim"], flow)}

Per second, each of the statement's own time; and a limit that is set to another number, until it is stored, and until a claim
has let in by it.

${table(["keys", "enqueued", "parked", "promoted and leased", "CPU of parking one, us", "of promoting one, us", "stored after, ms", "in force after, ms"], rates)}
`;
}

function missedBy({ keys, empty, full }: Result): string[] {
  const share = full.jobsPerS / empty.jobsPerS;
  const p99 = full.claimP99Ms / empty.claimP99Ms;
  return [
    ...(share < 0.8 ? [`${keys} keys: the flow is ${figure(share * 100)} % of that without a backlog`] : []),
    ...(p99 > 1.5 ? [`${keys} keys: claim p99 is ${figure(p99)} x that without a backlog`] : []),
  ];
}

function say(line: string): void {
  console.error(`${new Date().toISOString().slice(11, 19)}  ${line}`);
}
