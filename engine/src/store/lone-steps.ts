import { stepIdToUuid } from "../domain/ids.ts";
import type { StepEntry } from "../domain/outcome.ts";
import { type Column, literals, placeholders, plain, text, typesOf } from "./columns.ts";
import { type CommitItem, isPlainItem } from "./commit-item.ts";
import type { Database } from "./database.ts";
import { TIMES } from "./dispatch-times.ts";
import { wrapStatement } from "./fault-database.ts";

/** The commonest outcome: the run goes on, and brings one step more that went well. */
export function isLoneStep(item: CommitItem): boolean {
  const { kind, steps, runAttempt, transportAttempt, retryMs } = item.outcome;
  return (
    item.areStepsNew &&
    isPlainItem(item) &&
    kind === "continue" &&
    runAttempt === 0 &&
    transportAttempt === 0 &&
    retryMs === null &&
    steps.length === 1 &&
    wentWell(steps[0]!)
  );
}

function wentWell({ op, status, attempt }: StepEntry): boolean {
  return op === "run" && status === "ok" && attempt === 1;
}

/**
 * Commits a group of lone steps in one statement. `items` must be sorted by (workspace, run).
 * @returns per item, in order, the journal's head after the commit; null where nothing was written: `commitOutcomes` then
 * says why.
 */
export async function commitLoneSteps(
  database: Database,
  items: readonly CommitItem[],
): Promise<(number | null)[]> {
  const [row] = await wrapStatement("commit_steps", () =>
    database.sql.unsafe<{ heads: string }[]>(CALL, literals(COLUMNS, items), { prepare: true }),
  );
  return row!.heads.split(",").map((head) => Number(head) || null);
}

// The parameters of durable.commit_steps, in its order.

const COLUMNS: readonly Column<CommitItem>[] = [
  plain("int", (item) => item.workspaceId),
  plain("uuid", (item) => item.runId),
  plain("uuid", (item) => item.fence),
  plain("uuid", (item) => item.nextFence),
  ...TIMES,
  plain("uuid", (item) => stepIdToUuid(stepOf(item).id)),
  text((item) => stepOf(item).name),
  plain("int", (item) => stepOf(item).n),
  text((item) => stepOf(item).value),
];

const CALL = `select durable.commit_steps(${placeholders(typesOf(COLUMNS))}) as heads`;

function stepOf({ outcome }: CommitItem): StepEntry {
  return outcome.steps[0]!;
}
