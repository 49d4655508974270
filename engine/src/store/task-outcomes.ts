import { stepIdToUuid } from "../domain/ids.ts";
import type { TaskOutcome } from "../domain/task-outcome.ts";
import { type Column, literals, placeholders, plain, text, typesOf } from "./columns.ts";
import type { CommitState } from "./commit-item.ts";
import type { Database } from "./database.ts";
import { type DispatchTimes, TIMES } from "./dispatch-times.ts";
import { wrapStatement } from "./fault-database.ts";

/** One task's outcome on its way to disk. */
export interface TaskCommitItem {
  readonly workspaceId: number;
  readonly runId: string;
  readonly stepId: string;
  readonly fence: string;
  readonly outcome: TaskOutcome;
  readonly times: DispatchTimes;
}

export interface TaskCommitResult {
  readonly state: Exclude<CommitState, "stale" | "paused" | "moved">;
}

/**
 * The outcomes of a group of tasks in one statement. `items` must be sorted by (workspace, run, step): that is the lock
 * order. Safe to repeat after an unknown outcome.
 */
export async function commitTasks(
  database: Database,
  items: readonly TaskCommitItem[],
): Promise<TaskCommitResult[]> {
  const [row] = await wrapStatement("commit_tasks", () =>
    database.sql.unsafe<{ states: TaskCommitResult["state"][] }[]>(CALL, literals(ITEM, items), {
      prepare: true,
    }),
  );
  return row!.states.map((state) => ({ state }));
}

// The parameters of durable.commit_tasks, in its order.
const ITEM: readonly Column<TaskCommitItem>[] = [
  plain("int", (item) => item.workspaceId),
  plain("uuid", (item) => item.runId),
  plain("uuid", (item) => stepIdToUuid(item.stepId)),
  plain("uuid", (item) => item.fence),
  plain("text", (item) => item.outcome.status),
  text((item) => item.outcome.value),
  text((item) => item.outcome.failure),
  plain("int", (item) => item.outcome.attempt),
  plain("int", (item) => item.outcome.transportAttempt),
  plain("float8", (item) => item.outcome.retryMs),
  plain("text", (item) => item.outcome.record.outcome),
  plain("int", (item) => item.outcome.record.attempt),
  text((item) => item.outcome.record.failure),
  plain("boolean", (item) => item.outcome.isCompensable),
  text((item) => item.outcome.logs),
  ...TIMES,
];

const CALL = `select durable.commit_tasks(${placeholders(typesOf(ITEM))}) as states`;
