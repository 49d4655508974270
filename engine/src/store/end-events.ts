import type { RunEnd } from "../domain/run-end.ts";
import { plainArray } from "./array-literal.ts";
import type { Database } from "./database.ts";
import { wrapStatement } from "./fault-database.ts";
import type { RunRef } from "./waits.ts";

/** A run that has ended, and what the event of it says. */
export interface OwedEndEvent extends RunRef {
  readonly status: RunEnd["status"];
  /** JSON text. */
  readonly data: string;
  /** The run, as the caller of what comes of its end. */
  readonly traceparent: string;
  readonly endedAtMs: number;
}

/** Ends that somebody listens to and whose events are still owed. */
export async function findEndEvents(
  { sql }: Database,
  limit: number,
  outputBytesMax: number,
): Promise<OwedEndEvent[]> {
  const rows = await sql<
    {
      workspace_id: number;
      run_id: string;
      status: RunEnd["status"];
      data: string;
      traceparent: string;
      ended_at_ms: number;
    }[]
  >`
    select o.workspace_id, o.run_id, r.status, durable.end_event_data(r, ${outputBytesMax}::int) as data,
      durable.run_traceparent(r, e) as traceparent,
      floor(extract(epoch from r.ended_at) * 1000)::float8 as ended_at_ms
    from durable.end_events o join durable.runs r on r.workspace_id = o.workspace_id and r.id = o.run_id
    join durable.events e on e.workspace_id = r.workspace_id and e.id = r.event_id
    order by o.workspace_id, o.run_id limit ${limit}`;
  return rows.map((row) => ({
    workspaceId: row.workspace_id,
    runId: row.run_id,
    status: row.status,
    data: row.data,
    traceparent: row.traceparent,
    endedAtMs: row.ended_at_ms,
  }));
}

/** The events of these were accepted. */
export async function clearEndEvents({ sql }: Database, runs: readonly RunRef[]): Promise<void> {
  await wrapStatement(
    "clear_end_events",
    () => sql`
    select durable.clear_end_events(${plainArray(runs, (run) => run.workspaceId)}::int[],
      ${plainArray(runs, (run) => run.runId)}::uuid[])`,
  );
}
