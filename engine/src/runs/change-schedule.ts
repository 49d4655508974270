import { cronProblem, timeZoneProblem } from "../domain/cron.ts";
import { readExpression } from "../domain/expressions.ts";
import { invalidAt, notFound, Problem } from "../domain/problems.ts";
import type { Schedule, ScheduleRules } from "../domain/schedule.ts";
import { findFunction, requireInput } from "../registry/function-input.ts";
import type { WorkspaceRegistry } from "../registry/workspace-registry.ts";
import type { Database } from "../store/database.ts";
import {
  changeSchedule,
  createSchedule,
  deleteSchedule,
  findSchedule,
  type ScheduleStored,
} from "../store/schedules.ts";

export interface ScheduleParts {
  readonly database: Database;
  readonly registry: Pick<WorkspaceRegistry, "of" | "forget">;
}

/** Made twice just so, it is made once. @throws Problem */
export async function makeSchedule(parts: ScheduleParts, actor: string, schedule: Schedule): Promise<void> {
  const { database, registry } = parts;
  const { workspaceId, id, functionId } = schedule;
  await requireRules(parts, schedule);
  const state = await createSchedule(database, actor, schedule);
  if (state === "taken") {
    throw new Problem(
      "schedule-exists",
      `There is another schedule ${JSON.stringify(id)}. Change that one, or give this one another id.`,
      { errors: [{ pointer: "/id", detail: "is taken" }] },
    );
  }
  if (state !== "unserved") return;
  // A sync has taken the function away since the rules were held against it.
  registry.forget(workspaceId);
  await findFunction(registry, workspaceId, functionId);
}

/** Only what `change` names. @throws Problem */
export async function reviseSchedule(
  parts: ScheduleParts,
  actor: string,
  { workspaceId, id }: Pick<Schedule, "workspaceId" | "id">,
  change: Partial<ScheduleRules>,
): Promise<void> {
  for (;;) {
    const schedule = await requireSchedule(parts.database, workspaceId, id);
    if (schedule.isDeclared) throw declared(schedule);
    const { cron, tz, condition, jitterMs, catchUp, overlap, data } = schedule;
    const rules = { cron, tz, condition, jitterMs, catchUp, overlap, data, ...change };
    await requireRules(parts, { ...schedule, ...rules });
    const state = await changeSchedule(parts.database, actor, schedule, rules);
    if (state === "changed") return;
    // Else it has ticked meanwhile, or somebody else has changed it.
  }
}

/** @throws Problem */
export async function removeSchedule(
  database: Database,
  actor: string,
  { workspaceId, id }: Pick<Schedule, "workspaceId" | "id">,
): Promise<void> {
  const state = await deleteSchedule(database, workspaceId, actor, id);
  if (state === null) throw notFound();
  if (state === "declared") throw declared(await requireSchedule(database, workspaceId, id));
}

/** @throws Problem `not-found` */
export async function requireSchedule(
  database: Database,
  workspaceId: number,
  id: string,
): Promise<ScheduleStored> {
  const schedule = await findSchedule(database, workspaceId, id);
  if (schedule === null) throw notFound();
  return schedule;
}

/** @throws Problem with what sync would say of a declared one. */
async function requireRules({ registry }: ScheduleParts, schedule: Schedule): Promise<void> {
  const { workspaceId, functionId, cron, tz, condition, data } = schedule;
  const fn = await findFunction(registry, workspaceId, functionId);
  const line = cronProblem(cron);
  if (line !== null)
    throw invalidAt("/cron", `The cron line ${JSON.stringify(cron)} cannot be used: ${line}.`);
  const zone = timeZoneProblem(tz);
  if (zone !== null) throw invalidAt("/tz", `The time zone cannot be used: ${zone}.`);
  const expression = condition === null ? null : readExpression(condition, "event");
  if (expression !== null && "problem" in expression)
    throw invalidAt("/if", `The expression cannot be used: ${expression.problem}.`);
  requireInput(
    fn,
    data ?? JSON.stringify({ schedule: schedule.id, tick: new Date(0).toISOString() }),
    "/data",
  );
}

function declared({ id, functionId }: Schedule): Problem {
  return new Problem(
    "schedule-declared",
    `The schedule ${JSON.stringify(id)} is declared in the code of "${functionId}". Change it there and deploy, or pause it.`,
  );
}
