import type { Sql } from "../store/database.ts";

/** Moves the clock of a throw-away database: what is due within `aheadMs` of the real time is due now. */
export async function setAhead(sql: Sql, aheadMs: number): Promise<void> {
  await sql.unsafe(`create or replace function durable.durable_now() returns timestamptz
    language sql stable parallel safe as $$ select statement_timestamp() + interval '${aheadMs} milliseconds' $$`);
}
