import type { Sql } from "../../engine/src/store/database.ts";

/** Moves the clock of a test's own database: its timers, waits and retries are then due that much earlier. */
export async function travel(sql: Sql, ahead: string): Promise<void> {
  await sql.unsafe(`create or replace function durable.durable_now() returns timestamptz
    language sql stable parallel safe as $$ select statement_timestamp() + interval '${ahead}' $$`);
}
