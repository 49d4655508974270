import { randomUUID } from "node:crypto";
import type { TestDatabase } from "./postgres.ts";

export interface LongRun {
  readonly workspaceId: number;
  readonly runId: string;
}

/** A completed run of a day with so many steps of two attempts each: three spans a step. */
export async function makeLongRun(
  { sql }: TestDatabase,
  app: string,
  environment: string,
  steps: number,
): Promise<LongRun> {
  const [workspace] = await sql<{ id: number }[]>`
    insert into durable.workspaces (app, environment) values (${app}, ${environment}) returning id`;
  const workspaceId = workspace!.id;
  const runId = randomUUID();
  const event = randomUUID();
  await sql`insert into durable.events (workspace_id, id, name, data, time, received_at)
    values (${workspaceId}, ${event}, 'go', 'null', now(), now())`;
  await sql`insert into durable.runs (workspace_id, id, function_id, function_version, event_id, status, created_at, ended_at)
    values (${workspaceId}, ${runId}, 'f', 1, ${event}, 'completed', now() - interval '1 day', now())`;
  const at = sql`now() - interval '1 day' + q * interval '1 second'`;
  await sql`insert into durable.steps (workspace_id, run_id, step_id, seq, op, name, n, status, value, attempt,
      scheduled_at, leased_at, sent_at, first_byte_at, received_at, app_ms, committed_at, settled_at)
    select ${workspaceId}, ${runId}, md5(q::text)::uuid, q, 'run', 'step', q, 'ok', to_json(repeat('x', 200)), 2,
      ${at}, ${at}, ${at}, ${at}, ${at}, 1, ${at}, ${at} from generate_series(1, ${steps}::int) as q`;
  await sql`insert into durable.attempts (workspace_id, run_id, fence, step_id, attempt, outcome,
      scheduled_at, leased_at, sent_at, first_byte_at, received_at, app_ms, committed_at)
    select ${workspaceId}, ${runId}, gen_random_uuid(), md5(q::text)::uuid, n, case n when 1 then 'failed' else 'ok' end,
      ${at}, ${at}, ${at}, ${at}, ${at}, 1, ${at} from generate_series(1, ${steps}::int) as q, generate_series(1, 2) as n`;
  return { workspaceId, runId };
}
