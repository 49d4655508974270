// `npm run chaos`: hurts the system in every way we know and holds it against every invariant. See README.md.

import { formatReport } from "../invariants/check.ts";
import { phpVersion } from "../php/php.ts";
import { type ChaosResult, runChaos } from "./chaos-run.ts";
import { formatKinds } from "./kinds.ts";
import { type Options, readOptions, USAGE } from "./options.ts";
import { showBugs } from "./show-bugs.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const FINDINGS_SHOWN = 20;
const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => interrupted.abort(new Error("interrupted")));
}

const options = optionsOrUsage();
if (options === null) process.exit(2);
try {
  process.exitCode = (await (options.bugs ? allBugs(options) : once(options))) ? 0 : 1;
} catch (error) {
  if (!interrupted.signal.aborted) console.error("FAILED: the harness itself broke.", error);
  process.exitCode = interrupted.signal.aborted ? 130 : 1;
}
process.exit();

function optionsOrUsage(): Options | null {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    return null;
  }
}

function allBugs({ seed, only }: Options): Promise<boolean> {
  console.log(`chaos: seed ${seed}, the engine with one deliberate bug after the other\n`);
  return showBugs(seed, only, interrupted.signal);
}

async function once({ seed, minutes, work, engines, keep }: Options): Promise<boolean> {
  const shops = work === "all" && phpVersion !== null;
  const apps = shops ? "2 apps, a shop in TypeScript and one in PHP" : "2 apps";
  console.log(`chaos: seed ${seed}, ${minutes} minutes, ${engines} engines, ${apps}, 1 Postgres\n`);
  if (work === "all" && !shops)
    console.log("There is no PHP 8.1 here, so the shops of examples/ take no part.\n");
  const folder = temporaryFolder("chaos");
  let isWell = false;
  try {
    const result = await runChaos({
      ...{ seed, minutes, work, engines, shops },
      folder: folder.path,
      interrupted: interrupted.signal,
    });
    isWell = print(result);
    return isWell;
  } finally {
    const isKept = !interrupted.signal.aborted && (!isWell || keep);
    if (isKept) {
      console.log(`\nThe data of this run is in ${folder.path} (logs, Postgres in postgres/pgdata).`);
      if (!isWell)
        console.log(
          `The same again: npm run chaos -- --seed ${seed} --minutes ${minutes} --work ${work} --engines ${engines}`,
        );
    } else folder.remove();
  }
}

function print(result: ChaosResult): boolean {
  const { tally, report, kinds, findings, checksDuring, endedEarly } = result;
  const broken = report.lines.filter((line) => line.failure !== null);
  const missing = endedEarly ? [] : tally.missing;
  const rare = kinds.filter(({ count, minimum }) => count < minimum);
  const during = `and ${checksDuring} times during the faults`;
  console.log(`Faults done\n${tally.format()}\n`);
  if (!endedEarly) console.log(`Runs that did it\n${formatKinds(kinds)}\n`);
  console.log(`Invariants, with the rows examined (${during})\n${formatReport(report)}\n`);
  for (const finding of findings.slice(0, FINDINGS_SHOWN)) console.log(`! ${finding}`);
  if (endedEarly) console.log("An invariant broke during the faults, which ended them.");
  else {
    console.log(
      `${result.accepted} events accepted, ${result.runs} runs. All had ended ${seconds(result.healMs)} s after the ` +
        `faults; from a Postgres that accepts connections to a commit it took at most ${seconds(tally.slowestRecoveryMs)} s.`,
    );
  }
  const isWell = broken.length === 0 && findings.length === 0 && missing.length + rare.length === 0;
  console.log(
    isWell
      ? "PASSED: nothing was lost, nothing was doubled"
      : `FAILED: ${broken.length} invariants, ${findings.length} findings, ${missing.length} kinds of fault and ${rare.length} kinds of step too rare`,
  );
  return isWell;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}
