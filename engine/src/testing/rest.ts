import type { Sql } from "../store/database.ts";

/** What stands still until the clock moves or somebody sends something. */
export interface Rest {
  /** Work that an engine has, or will find by itself at this time. 0: all is at rest. */
  readonly busy: number;
  /** Until the next timer, by the clock of the database; null when there is none. */
  readonly nextDueMs: number | null;
  /** Until the next tick of a schedule; null when there is none. */
  readonly nextTickMs: number | null;
  readonly nowMs: number;
}

/** Every table that says that something is to be done at once has its line here. */
export async function lookForRest(sql: Sql): Promise<Rest> {
  const [row] = await sql<{ busy: number; due_ms: number | null; tick_ms: number | null; now_ms: number }[]>`
    select
      ((select count(*) from durable.ready)
        + (select count(*) from durable.turns)
        + (select count(*) from durable.pauses where ending)
        + (select count(*) from durable.live_runs where status = 'running')
        + (select count(*) from durable.tasks where status = 'running')
        + (select count(*) from durable.event_obligations)
        + (select count(*) from durable.waits where not looked_back)
        + (select count(*) from durable.child_ends)
        + (select count(*) from durable.cascades)
        + (select count(*) from durable.input_notices)
        + (select count(*) from durable.end_events)
        + (select count(*) from durable.bulks b join durable.bulk_items i on i.workspace_id = b.workspace_id and i.bulk_id = b.id
            where b.status in ('canary', 'running') and i.status = 'waiting')
        + (select count(*) from durable.alert_notices)
        + (select count(*) from durable.webhook_deliveries where state = 'waiting' and due_at <= durable.durable_now())
        + (select count(*) from durable.erasures where ended_at is null)
        + (select count(*) from durable.ungrouped)
        + (select count(*) from durable.schedules where next_at <= durable.durable_now() or owed <> '{}')
        + (select count(*) from durable.gate_notes where due_at <= durable.durable_now())
        + (select count(*) from durable.timers where due_at <= durable.durable_now()))::int as busy,
      (select extract(epoch from min(due_at) - durable.durable_now())::float8 * 1000 from (
        select due_at from durable.timers union all select due_at from durable.gate_notes) as d) as due_ms,
      (select extract(epoch from min(next_at) - durable.durable_now())::float8 * 1000 from durable.schedules) as tick_ms,
      extract(epoch from durable.durable_now())::float8 * 1000 as now_ms`;
  return { busy: row!.busy, nextDueMs: row!.due_ms, nextTickMs: row!.tick_ms, nowMs: row!.now_ms };
}
