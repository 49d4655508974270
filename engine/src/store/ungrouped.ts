import { plainArray, textArray } from "./array-literal.ts";
import type { Database } from "./database.ts";
import { wrapStatement } from "./fault-database.ts";

/** A run that has failed, or needs a person, and whose group nobody has told. */
export interface Ungrouped {
  readonly workspace_id: number;
  readonly run_id: string;
  /** When it was owed, as Postgres writes it: it names this failure of the run. */
  readonly at: string;
  readonly function_id: string;
  readonly function_version: number;
  /** Empty where the app names none. */
  readonly deployment: string;
  /** JSON text. Null: the run goes on already, and nothing is left of it. */
  readonly failure: string | null;
  /** The name of the step that it comes from. */
  readonly step: string | null;
}

export interface Grouped extends Ungrouped {
  readonly fingerprint: string | null;
  readonly name: string | null;
  readonly message: string | null;
  /** The place in the user's code, without the lines around it. */
  readonly frame: string | null;
}

export async function findUngrouped({ sql }: Database, limit: number): Promise<Ungrouped[]> {
  return await sql<Ungrouped[]>`
    select workspace_id, run_id, at::text, function_id, function_version, deployment, failure, step
    from durable.find_ungrouped(${limit}::int)`;
}

/** Answers how many were counted: what another process has counted meanwhile is passed over. */
export async function groupErrors({ sql }: Database, items: readonly Grouped[]): Promise<number> {
  const [row] = await wrapStatement(
    "group_errors",
    () => sql<{ count: number }[]>`
      select durable.group_errors(${plainArray(items, (item) => item.workspace_id)}::int[],
        ${plainArray(items, (item) => item.run_id)}::uuid[], ${textArray(items, (item) => item.at)}::timestamptz[],
        ${textArray(items, (item) => item.fingerprint)}::text[], ${textArray(items, (item) => item.name)}::text[],
        ${textArray(items, (item) => item.message)}::text[], ${textArray(items, (item) => item.step)}::text[],
        ${textArray(items, (item) => item.frame)}::text[], ${textArray(items, (item) => item.function_id)}::text[],
        ${plainArray(items, (item) => item.function_version)}::int[], ${textArray(items, (item) => item.deployment)}::text[]) as count`,
  );
  return row!.count;
}
