// `npm run streams`: clients that watch while engines are killed and connections cut off, then once more without faults.

import { parseArgs } from "node:util";
import { createDatabaseOn, createTemplate, startTestServer } from "../support/test-server.ts";
import { runStorm, type StormResult } from "./storm.ts";

const FLAWS_SHOWN = 20;
const QUIET_MS = 20_000;

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    minutes: { type: "string", default: "5" },
    clients: { type: "string", default: "200" },
    rate: { type: "string", default: "10" },
    every: { type: "string", default: "1" },
  },
});
const seed = values.seed === undefined ? Math.floor(Math.random() * 1e9) : Number(values.seed);
const [minutes, clients, runsPerSecond, everyS] = [
  values.minutes,
  values.clients,
  values.rate,
  values.every,
].map(Number);
if (
  !Number.isSafeInteger(seed) ||
  !(minutes! > 0) ||
  !(clients! > 0) ||
  !(runsPerSecond! > 0) ||
  !(everyS! > 0)
) {
  console.error(
    "Usage: npm run streams -- [--seed <number>] [--minutes <number>] [--clients <number>] [--rate <runs per second>] [--every <seconds between faults>]",
  );
  process.exit(2);
}
console.log(
  `streams: seed ${seed}, ${clients} clients, ${runsPerSecond} runs a second, 2 engines, 1 Postgres\n`,
);
const server = await startTestServer("embedded");
try {
  await createTemplate(server.address);
  const storm = async (durationMs: number, hasFaults: boolean) => {
    const database = await createDatabaseOn(server.address);
    const result = await runStorm({
      seed,
      durationMs,
      database,
      clients: clients!,
      runsPerSecond: runsPerSecond!,
      faultsEveryMs: everyS! * 1_000,
      hasFaults,
    });
    await database.drop();
    show(hasFaults ? `with faults, ${minutes} minutes` : "without faults", result);
    return result.flaws;
  };
  const flaws = [...(await storm(minutes! * 60_000, true)), ...(await storm(QUIET_MS, false))];
  console.log(
    flaws.length === 0 ? "PASSED: every client has what the database has" : `FAILED: ${flaws.length} flaws`,
  );
  process.exitCode = flaws.length === 0 ? 0 : 1;
} finally {
  await server.stop();
}
process.exit();

function show(title: string, { done, latencyMs, caughtUpMs, flaws }: StormResult): void {
  console.log(title);
  for (const [name, count] of Object.entries(done)) console.log(`  ${name.padEnd(12)} ${count}`);
  for (const [what, { count, p50, p95, p99 }] of [
    ["commit to client", latencyMs],
    ["missed while cut off, caught up with", caughtUpMs],
  ] as const) {
    if (count > 0) console.log(`  ${what}, ms: p50 ${p50}, p95 ${p95}, p99 ${p99}  (${count})`);
  }
  for (const flaw of flaws.slice(0, FLAWS_SHOWN)) console.log(`! ${flaw}`);
}
