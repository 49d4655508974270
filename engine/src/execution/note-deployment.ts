import type { Outcome } from "../domain/outcome.ts";
import type { Reply } from "./call-app.ts";
import type { HeldRun } from "./held-run.ts";

/**
 * The outcome, with a note when another deployment than before ran what it brings. `fromSeq` is the number that the
 * first entry of the dispatch gets at the earliest.
 */
export function noteDeployment(run: HeldRun, reply: Reply, fromSeq: number, outcome: Outcome): Outcome {
  const deployment = reply.kind === "answer" ? reply.answer.deployment : undefined;
  if (deployment === undefined || deployment === run.deployment) return outcome;
  // If the commit is lost, so is the lease, and with it this.
  run.deployment = deployment;
  const data = JSON.stringify({ from: fromSeq, deployment });
  return { ...outcome, effects: [...outcome.effects, { kind: "deployment", stepId: null, data }] };
}
