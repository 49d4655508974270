import { type Bug, bugs, copyWithBug } from "./bugs.ts";
import { type ChaosResult, runChaos } from "./chaos-run.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Long enough for every bug; one that is caught during the faults ends sooner. */
const MINUTES = 0.6;

/** Runs the engine with each bug, and without any, through the same faults. True when exactly the bugs were caught. */
export async function showBugs(seed: number, only: string, interrupted: AbortSignal): Promise<boolean> {
  const chosen = bugs().filter(({ name }) => name.includes(only));
  let isWell = true;
  for (const bug of [null, ...chosen]) {
    const startedMs = performance.now();
    const broken = brokenIn(await hurt(bug, seed, interrupted));
    const seconds = ((performance.now() - startedMs) / 1_000).toFixed(0);
    const isRight = (bug === null) === (broken.length === 0);
    isWell &&= isRight;
    const name = (bug?.name ?? "(no bug)").padEnd(26);
    const verdict = broken.length === 0 ? "nothing noticed" : `caught by ${broken.join("; ")}`;
    console.log(`${isRight ? "  " : "! "}${name} ${seconds.padStart(4)} s   ${verdict}`);
  }
  console.log(isWell ? "\nPASSED: every bug was caught, and only bugs were" : "\nFAILED");
  return isWell;
}

async function hurt(bug: Bug | null, seed: number, interrupted: AbortSignal): Promise<ChaosResult> {
  const folder = temporaryFolder("chaos-bug");
  try {
    const engineRoot = await copyWithBug(bug, folder.path);
    return await runChaos({ seed, minutes: MINUTES, folder: folder.path, engineRoot, interrupted });
  } finally {
    folder.remove();
  }
}

/** Only what the invariants say counts: an engine that falls over is noticed by anybody. */
function brokenIn({ report }: ChaosResult): string[] {
  return report.lines
    .filter(({ violations }) => violations > 0)
    .map(
      ({ invariant, violations, examples }) =>
        `${invariant.number} ${invariant.name} (${violations}: ${examples[0]})`,
    );
}
