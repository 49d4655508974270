import { notFound, Problem } from "../domain/problems.ts";
import type { Database } from "../store/database.ts";
import { type RepairAsked, type RepairStored, storeRepair } from "../store/repairs.ts";
import { isRunLive } from "../store/run-states.ts";
import { findStep, type StepAsked } from "./find-step.ts";

export interface Repair extends Omit<RepairAsked, "stepId"> {
  readonly step: StepAsked;
}

export interface Repaired extends RepairStored {
  readonly stepId: string;
}

/** Mends an open step of a run that lives. @throws Problem */
export async function repairRun(database: Database, { step, ...asked }: Repair): Promise<Repaired> {
  const { workspaceId, runId, action } = asked;
  if ((await isRunLive(database, workspaceId, runId)) === null) throw notFound();
  const stepId = await findStep(database, workspaceId, runId, step, "");
  const stored = await storeRepair(database, { ...asked, stepId });
  if (stored.state !== "done") throw REFUSED[stored.state](stored, JSON.stringify(step.step), action);
  return { ...stored, stepId };
}

type Refusal = (stored: RepairStored, step: string, action: string) => Problem;

const REFUSED: Record<Exclude<RepairStored["state"], "done">, Refusal> = {
  unknown: notFound,
  "no-step": notFound,
  ended: ({ status }) =>
    new Problem(
      "run-terminal",
      `The run is ${status} and stays so. "durable runs retry" goes on from the step that failed, as a new run.`,
    ),
  "not-paused": ({ status }) =>
    new Problem(
      "run-not-paused",
      `The run is ${status}. Pause it first: what is under way is recorded, and then its steps can be mended.`,
    ),
  ending: ({ status }) =>
    notRepairable(
      `the run is ${status} and undoes its steps. Resume it, or cancel it without undoing the rest`,
    ),
  "not-open": (_, step) => notRepairable(`step ${step} is over, and what is recorded never changes`),
  asked: (_, step) => notRepairable(`step ${step} asks a person. Answer it: durable inputs ls`),
  "wrong-kind": (_, step, action) =>
    notRepairable(`step ${step} is of no kind that ${action} is for, or waits for no such key`),
};

function notRepairable(why: string): Problem {
  return new Problem("step-not-repairable", `Nothing was done: ${why}.`);
}
