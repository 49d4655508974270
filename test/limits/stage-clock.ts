import { Stage } from "../concurrency/stage.ts";

/** Where sequences begin. */
const START_MS = Date.UTC(2030, 0, 1);

/** A stage whose database has a clock that only moves when it is told to. */
export async function stageWithClock(seed: number): Promise<Stage> {
  const stage = await Stage.open(seed);
  await stage.database.sql.unsafe(`
    create table public.test_clock (at timestamptz not null);
    insert into public.test_clock values (now());
    create or replace function durable.durable_now() returns timestamptz language sql stable parallel safe as $$ select at from public.test_clock $$`);
  return stage;
}

/** @param nowMs Since the beginning. */
export async function setClock({ database }: Stage, nowMs: number): Promise<void> {
  await database.sql`update public.test_clock set at = to_timestamp(${epochMs(nowMs) / 1000}::float8)`;
}

export function epochMs(nowMs: number): number {
  return START_MS + nowMs;
}
