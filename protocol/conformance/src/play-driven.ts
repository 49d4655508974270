// A case in which only the outcome is told: how the run ended, how often each body ran, and what it cost.

import type { DrivenCase, RunEnd } from "./case.ts";
import { Driver, type Ended, NotImplemented } from "./engine/driver.ts";
import { countFlaws, countsOf, times } from "./engine/served-run.ts";
import { mismatches, shown } from "./match.ts";
import type { Mutation } from "./mutations.ts";
import type { CaseEnd, Stage } from "./stage.ts";

/** So many runs at once, in a crowd. */
const CROWD = 5;

export async function playDriven(
  each: DrivenCase,
  stage: Stage,
  mutation: Mutation | null = null,
): Promise<CaseEnd> {
  const count = mutation?.name === "crowd" ? CROWD : 1;
  const ends = await Promise.all(Array.from({ length: count }, () => playRun(each, stage, mutation)));
  return ends.find(({ flaws }) => flaws.length > 0) ?? ends[0]!;
}

async function playRun(each: DrivenCase, stage: Stage, mutation: Mutation | null): Promise<CaseEnd> {
  const driver = new Driver(each, stage, mutation);
  const { run } = driver;
  stage.callbacks.serve(run);
  try {
    const end = await driver.toEnd();
    const flaws = [
      ...endFlaws(each.ends, end),
      ...(mutation?.mayRunAgain ? ranAtLeastFlaws(each, run.ran) : ranFlaws(each, run.ran)),
      ...costFlaws(each, run.tape),
      ...driver.flaws(),
    ];
    return { flaws, tape: run.tape };
  } catch (error) {
    if (error instanceof NotImplemented) return { flaws: [], notImplemented: error.message, tape: run.tape };
    return { flaws: [(error as Error).message, ...driver.flaws()], tape: run.tape };
  } finally {
    stage.callbacks.forget(run);
  }
}

function endFlaws(expected: RunEnd, end: Ended): string[] {
  if (expected.status !== end.status) {
    const how =
      end.status === "failed" ? `failed with ${shown(end.error)}` : `completed with ${shown(end.output)}`;
    return [`the run should have ${expected.status}, and ${how}`];
  }
  return mismatches(expected, end, new Map(), "the end");
}

function costFlaws({ cost }: DrivenCase, { requests, bytes }: { requests: number; bytes: number }): string[] {
  if (cost === undefined) return [];
  const flaws: string[] = [];
  if (requests > cost.requestsMax)
    flaws.push(`the run took ${requests} requests, both ways together, and may take ${cost.requestsMax}`);
  if (bytes > cost.bytesMax)
    flaws.push(`the run took ${bytes} bytes, both ways together, and may take ${cost.bytesMax}`);
  return flaws;
}

function ranFlaws({ ran, inOrder }: DrivenCase, names: readonly string[]): string[] {
  const order = inOrder === undefined ? [] : mismatches(inOrder, names, new Map(), "the order of the bodies");
  return [...countFlaws(ran, names), ...order];
}

/** What ran without being recorded may have run once more; nothing may be left out, and nothing else may run. */
function ranAtLeastFlaws({ ran }: DrivenCase, names: readonly string[]): string[] {
  const counts = countsOf(names);
  const short = Object.keys(ran).filter((name) => (counts[name] ?? 0) < ran[name]!);
  const strange = Object.keys(counts).filter((name) => !(name in ran));
  return [
    ...short.map(
      (name) =>
        `the body of "${name}" should have run at least ${times(ran[name]!)}, and ran ${times(counts[name] ?? 0)}`,
    ),
    ...strange.map((name) => `the body of "${name}" should never have run`),
  ];
}
