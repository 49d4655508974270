// `npm run schedules`: a storm over a hundred schedules, held against what each tick must have started.

import { parseArgs } from "node:util";
import { createDatabaseOn, createTemplate, startTestServer } from "../support/test-server.ts";
import { runStorm } from "./storm.ts";

const FLAWS_SHOWN = 20;

const { values } = parseArgs({
  options: { seed: { type: "string" }, minutes: { type: "string", default: "5" } },
});
const seed = values.seed === undefined ? Math.floor(Math.random() * 1e9) : Number(values.seed);
const minutes = Number(values.minutes);
if (!Number.isSafeInteger(seed) || !(minutes > 0)) {
  console.error("Usage: npm run schedules -- [--seed <number>] [--minutes <number>]");
  process.exit(2);
}
console.log(`schedules: seed ${seed}, ${minutes} minutes, 100 schedules, 3 engines, 1 Postgres\n`);
const server = await startTestServer("embedded");
try {
  await createTemplate(server.address);
  const database = await createDatabaseOn(server.address);
  const { done, ticks, missed, flaws } = await runStorm({ seed, durationMs: minutes * 60_000, database });
  await database.drop();
  for (const [name, count] of Object.entries(done)) console.log(`  ${name.padEnd(12)} ${count}`);
  for (const [catchUp, count] of Object.entries(ticks)) console.log(`  ticks of "${catchUp}" ${count}`);
  console.log(`  missed       ${missed}`);
  for (const flaw of flaws.slice(0, FLAWS_SHOWN)) console.log(`! ${flaw}`);
  console.log(flaws.length === 0 ? "PASSED: every tick once" : `FAILED: ${flaws.length} flaws`);
  process.exitCode = flaws.length === 0 ? 0 : 1;
} finally {
  await server.stop();
}
process.exit();
