import { invalidAt } from "../domain/problems.ts";
import type { Database } from "../store/database.ts";
import { entriesNamed } from "../store/entries-named.ts";

/** How a person says which step of a run is meant. */
export interface StepAsked {
  /** Its name, or its id. */
  readonly step: string;
  /** Which of those of one name, from 1, in the order of the journal; what is open comes last. */
  readonly occurrence?: number | undefined;
}

/**
 * Its id.
 * @param at JSON Pointer of what names it.
 * @throws Problem `validation` when there is none, or several and nobody said which.
 */
export async function findStep(
  database: Database,
  workspaceId: number,
  runId: string,
  { step, occurrence }: StepAsked,
  at: string,
): Promise<string> {
  const entries = await entriesNamed(database, workspaceId, runId, step);
  const name = JSON.stringify(step);
  if (entries.length === 0) {
    throw invalidAt(`${at}/step`, `The run has no step ${name}. durable runs show ${runId} lists them.`);
  }
  if (occurrence === undefined && entries.length > 1) {
    const ids = entries.slice(0, IDS_SHOWN).map(({ id }, index) => `${index + 1} is ${id}`);
    const more = entries.length > IDS_SHOWN ? ", and so on" : "";
    throw invalidAt(
      `${at}/occurrence`,
      `The run has ${entries.length} steps ${name}; say which: ${ids.join(", ")}${more}.`,
    );
  }
  const found = entries[(occurrence ?? 1) - 1];
  if (found === undefined) {
    throw invalidAt(`${at}/occurrence`, `The run has only ${entries.length} steps ${name}.`);
  }
  return found.id;
}

const IDS_SHOWN = 5;
