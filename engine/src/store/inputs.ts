import type { Database } from "./database.ts";
import { wrapStatement } from "./fault-database.ts";

export type InputStatus = "open" | "answered" | "expired" | "cancelled";

export interface InputFilter {
  readonly status: InputStatus | null;
  readonly assignee: string | null;
  readonly functionId: string | null;
  readonly runId: string | null;
  /** The last input of the page before. */
  readonly before: string | null;
  readonly limit: number;
}

export interface InputStored {
  readonly id: string;
  readonly kind: "approval" | "input";
  readonly status: InputStatus;
  /** Of the step that asks. */
  readonly name: string;
  readonly title: string | null;
  readonly prompt: string | null;
  readonly assignee: string | null;
  readonly escalated_from: string | null;
  /** JSON Schema as text, as the app wrote it; null: anything fits. */
  readonly schema: string | null;
  readonly run: string;
  readonly function: string;
  readonly asked_at: string;
  readonly due_at: string;
  readonly reminded_at: string | null;
  readonly escalated_at: string | null;
  readonly ended_at: string | null;
  /** Of an answered one: `{value, by, at}` as JSON text. */
  readonly answer: string | null;
}

/** Newest first: ids are in order of time, so the order is that of a key, backwards. */
export function listInputs(database: Database, workspaceId: number, filter: InputFilter) {
  const { sql } = database;
  const { status, assignee, functionId, runId, before, limit } = filter;
  return sql<InputStored[]>`
    ${selectInputs(database)}
    where i.workspace_id = ${workspaceId}
      ${status === null ? sql`` : status === "open" ? sql`and i.status = 'open'` : sql`and i.status = ${status}`}
      ${assignee === null ? sql`` : sql`and i.assignee = ${assignee}`}
      ${functionId === null ? sql`` : sql`and r.function_id = ${functionId}`}
      ${runId === null ? sql`` : sql`and i.run_id = ${runId}::uuid`}
      ${before === null ? sql`` : sql`and i.id < ${before}::uuid`}
    order by i.id desc limit ${limit}`;
}

/** Null for an id not in this workspace. */
export async function findInput(
  database: Database,
  workspaceId: number,
  id: string,
): Promise<InputStored | null> {
  const [row] = await database.sql<InputStored[]>`
    ${selectInputs(database)} where i.workspace_id = ${workspaceId} and i.id = ${id}::uuid`;
  return row ?? null;
}

function selectInputs({ sql }: Database) {
  return sql`
    select i.id, i.kind, i.status, s.name, i.title, i.prompt, i.assignee, i.escalated_from, i.schema,
      i.run_id as run, r.function_id as function, durable.rfc3339(i.asked_at) as asked_at, durable.rfc3339(i.due_at) as due_at,
      durable.rfc3339(i.reminded_at) as reminded_at, durable.rfc3339(i.escalated_at) as escalated_at,
      durable.rfc3339(i.ended_at) as ended_at, case when i.status = 'answered' then s.value end as answer
    from durable.inputs i
    join durable.runs r on r.workspace_id = i.workspace_id and r.id = i.run_id
    join durable.steps s on s.workspace_id = i.workspace_id and s.run_id = i.run_id and s.step_id = i.step_id`;
}

export interface InputAnswer {
  readonly workspaceId: number;
  readonly id: string;
  /** JSON text that fits the input. */
  readonly value: string;
  /** The person; whoever sent it says so. */
  readonly by: string;
  /** The sender's own id: the same answer sent again under it finds itself. */
  readonly answerId: string | null;
  /** Who sent it, by their credential, and what the audit log says of it. */
  readonly actor: string;
  readonly detail: string;
}

export interface InputEnd {
  readonly status: InputStatus;
  readonly by: string | null;
  readonly at: string | null;
  /** It was ended by this very answer, now or when it was sent before. */
  readonly isOwn: boolean;
}

/** Null for an id not in this workspace. */
export async function answerInput(database: Database, answer: InputAnswer): Promise<InputEnd | null> {
  const { workspaceId, id, value, by, answerId, actor, detail } = answer;
  const [row] = await wrapStatement(
    "answer_input",
    () => database.sql<
      { status: InputStatus | null; by: string | null; at: string | null; is_own: boolean }[]
    >`
    select o_status as status, o_by as by, durable.rfc3339(o_at) as at, o_is_own as is_own
    from durable.answer_input(${workspaceId}::int, ${id}::uuid, ${value}::text, ${by}::text,
      ${answerId}::text, ${actor}::text, ${detail}::text)`,
  );
  const { status, is_own: isOwn, ...end } = row!;
  return status === null ? null : { status, isOwn, ...end };
}

/** An event about an input that has to be sent. */
export interface InputNotice {
  readonly workspaceId: number;
  readonly inputId: string;
  readonly eventName: string;
  /** JSON text. */
  readonly data: string;
  readonly atMs: number;
}

export async function findInputNotices(
  { sql }: Database,
  after: InputNotice | null,
  limit: number,
): Promise<InputNotice[]> {
  const rows = await sql<
    { workspace_id: number; input_id: string; event_name: string; data: string; at_ms: number }[]
  >`
    select workspace_id, input_id, event_name, data, floor(extract(epoch from at) * 1000)::float8 as at_ms
    from durable.input_notices
    ${after === null ? sql`` : sql`where (workspace_id, input_id, event_name) > (${after.workspaceId}, ${after.inputId}::uuid, ${after.eventName})`}
    order by workspace_id, input_id, event_name limit ${limit}`;
  return rows.map((row) => ({
    workspaceId: row.workspace_id,
    inputId: row.input_id,
    eventName: row.event_name,
    data: row.data,
    atMs: row.at_ms,
  }));
}

/** It was sent. */
export async function clearInputNotice(
  { sql }: Database,
  { workspaceId, inputId, eventName }: InputNotice,
): Promise<void> {
  await sql`
    delete from durable.input_notices
    where workspace_id = ${workspaceId} and input_id = ${inputId}::uuid and event_name = ${eventName}`;
}
