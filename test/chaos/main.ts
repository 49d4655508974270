// `npm run chaos`: hurts the system in every way we know and holds it against every invariant. See README.md.

import { formatReport } from "../invariants/check.ts";
import { type ChaosResult, runChaos } from "./chaos-run.ts";
import { type Options, readOptions, USAGE } from "./options.ts";
import { showBugs } from "./show-bugs.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => interrupted.abort(new Error("interrupted")));
}

try {
  const options = readOptions(process.argv.slice(2));
  process.exitCode = (await (options.bugs ? allBugs(options) : once(options))) ? 0 : 1;
} catch (error) {
  if (!interrupted.signal.aborted)
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
  process.exitCode = interrupted.signal.aborted ? 130 : 2;
}
process.exit();

function allBugs({ seed, only }: Options): Promise<boolean> {
  console.log(`chaos: seed ${seed}, the engine with one deliberate bug after the other\n`);
  return showBugs(seed, only, interrupted.signal);
}

async function once({ seed, minutes, keep }: Options): Promise<boolean> {
  console.log(`chaos: seed ${seed}, ${minutes} minutes, 3 engines, 2 apps, 1 Postgres\n`);
  const folder = temporaryFolder("chaos");
  let isWell = false;
  try {
    const result = await runChaos({ seed, minutes, folder: folder.path, interrupted: interrupted.signal });
    isWell = print(result);
    return isWell;
  } finally {
    const isKept = !interrupted.signal.aborted && (!isWell || keep);
    if (isKept) {
      console.log(`\nThe data of this run is in ${folder.path} (logs, Postgres in postgres/pgdata).`);
      if (!isWell) console.log(`The same again: npm run chaos -- --seed ${seed} --minutes ${minutes}`);
    } else folder.remove();
  }
}

function print({ tally, report, findings, runs, accepted, checksDuring, healMs }: ChaosResult): boolean {
  console.log(`Faults done\n${tally.format()}\n`);
  console.log(
    `Invariants, with the rows examined (and ${checksDuring} times during the faults)\n${formatReport(report)}\n`,
  );
  for (const finding of findings.slice(0, 20)) console.log(`! ${finding}`);
  const violations = report.lines.filter((line) => line.failure !== null).length;
  const isWell = violations === 0 && findings.length === 0 && tally.missing.length === 0;
  console.log(
    `${accepted} events accepted, ${runs} runs, all faults over for ${seconds(healMs)} s when the last run ended; at most ` +
      `${seconds(tally.slowestRecoveryMs)} s from a Postgres that accepts connections to a commit`,
  );
  console.log(
    isWell
      ? "PASSED: nothing was lost, nothing was doubled"
      : `FAILED: ${violations} invariants, ${findings.length} findings, ${tally.missing.length} kinds of fault too rare`,
  );
  return isWell;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}
