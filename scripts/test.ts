// `npm test`: everything that CI runs, in one command. `check` as argument: what needs under a minute.
// Ends with one line, `N passed, N failed`; the exit code is 0 exactly when nothing failed.

import { ensureSystemPackages } from "./system-packages.ts";
import { chaosSample } from "./test/chaos.ts";
import { biome, dashboardTypes, types } from "./test/compilers.ts";
import { runStage, type Stage, stopStages, type Tally } from "./test/stage.ts";
import { vitest } from "./test/vitest.ts";

const quick = process.argv[2] === "check";
const filters = process.argv.slice(quick ? 3 : 2);

const stages: Stage[] = quick
  ? [biome, types, dashboardTypes, vitest(["protocol", "engine/src", "sdk-ts", "dashboard", ...filters])]
  : [biome, types, dashboardTypes, vitest(filters), ...(filters.length === 0 ? [chaosSample] : [])];

process.on("SIGINT", () => stopStages("SIGINT"));
process.on("SIGTERM", () => stopStages("SIGTERM"));

const total: Tally = { passed: 0, failed: 0, skipped: [], unsteady: [] };
if (!quick) {
  total.skipped.push(...ensureSystemPackages((line) => console.log(line)));
}
for (const stage of stages) {
  const { passed, failed, skipped, unsteady } = await runStage(stage);
  total.passed += passed;
  total.failed += failed;
  total.skipped.push(...skipped);
  total.unsteady.push(...unsteady);
}

if (total.skipped.length > 0) {
  console.log(`\nSKIPPED (${total.skipped.length}), so not known to work here:`);
  for (const reason of total.skipped) console.log(`  - ${reason}`);
}
if (total.unsteady.length > 0) {
  console.log(
    `\nUNSTEADY (${total.unsteady.length}): failed beside others, passed alone. Their errors are above; each is a defect:`,
  );
  for (const test of total.unsteady) console.log(`  - ${test}`);
}
const more = [
  total.skipped.length > 0 ? `, ${total.skipped.length} skipped` : "",
  total.unsteady.length > 0 ? `, ${total.unsteady.length} unsteady` : "",
];
console.log(`\n${total.passed} passed, ${total.failed} failed${more.join("")}`);
process.exitCode = total.failed > 0 ? 1 : 0;
