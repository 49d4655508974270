import type { Sql } from "../../engine/src/store/database.ts";

/** What a storm has left of one schedule in code that comes every second, with no pause. */
export interface TicksFound {
  readonly id: string;
  readonly catchUp: string;
  /** Ticks after the first instant, up to the second, are done. */
  readonly fromMs: number;
  readonly toMs: number;
  /** How many runs each tick has started that was accepted; one that was skipped beside another run counts as one. */
  readonly runs: ReadonlyMap<number, number>;
  readonly missed: readonly { readonly fromMs: number; readonly toMs: number; readonly count: number }[];
}

const ms = (at: string) => `(extract(epoch from ${at}) * 1000)::float8`;

/** Of a schedule that comes every second: its ticks up to there are events, or told as missed. What is written down to be started is not yet. */
export const DONE_TO = "coalesce(owed[1] - interval '1 second', handled_to)";

export async function findTicks(sql: Sql): Promise<TicksFound[]> {
  const schedules = await sql.unsafe<{ id: string; catch_up: string; from_ms: number; to_ms: number }[]>(
    `select workspace_id || '/' || id as id, catch_up, ${ms("created_at")} as from_ms, ${ms(DONE_TO)} as to_ms
       from durable.schedules where is_declared order by id`,
  );
  const ticks = await sql.unsafe<{ schedule: string; at_ms: number; runs: number }[]>(
    `select e.workspace_id || '/' || split_part(e.client_id, '/', 2) as schedule, ${ms("e.time")} as at_ms, (count(r.id) + count(s.id))::int as runs
       from durable.events e left join durable.runs r on r.workspace_id = e.workspace_id and r.event_id = e.id
       left join durable.skips s on s.workspace_id = e.workspace_id and s.event_id = e.id and s.reason = 'overlap'
       where e.name = 'durable.tick' and e.client_id is not null group by 1, 2`,
  );
  const missed = await sql.unsafe<{ workspace_id: number; data: string }[]>(
    "select workspace_id, data from durable.events where name = 'durable.tick' and client_id is null",
  );
  const gaps = missed.map(({ workspace_id: workspaceId, data }) => {
    const gap = JSON.parse(data) as { schedule: string; from: string; to: string; count: number };
    return { ...gap, schedule: `${workspaceId}/${gap.schedule}` };
  });
  return schedules.map(({ id, catch_up: catchUp, from_ms: fromMs, to_ms: toMs }) => ({
    id,
    catchUp,
    fromMs,
    toMs,
    runs: new Map(ticks.filter(({ schedule }) => schedule === id).map((tick) => [tick.at_ms, tick.runs])),
    missed: gaps
      .filter(({ schedule }) => schedule === id)
      .map(({ from, to, count }) => ({ fromMs: Date.parse(from), toMs: Date.parse(to), count })),
  }));
}

/** What is not as it was promised, in words. */
export function flawsOf({ id, catchUp, fromMs, toMs, runs, missed }: TicksFound): string[] {
  const flaws: string[] = [];
  const at = (tick: number) => `${id} at ${new Date(tick).toISOString()}`;
  for (const [tick, count] of runs) {
    if (count !== 1) flaws.push(`${at(tick)} started ${count} runs`);
    if (tick <= fromMs) flaws.push(`${at(tick)} came before the schedule began`);
  }
  for (let tick = fromMs + 1_000; tick <= toMs; tick += 1_000) {
    const isMissed = missed.some((gap) => gap.fromMs <= tick && tick <= gap.toMs);
    if (isMissed === runs.has(tick))
      flaws.push(`${at(tick)} ${isMissed ? "is missed and started a run" : "is lost"}`);
  }
  for (const gap of missed) {
    if (gap.count !== (gap.toMs - gap.fromMs) / 1_000 + 1)
      flaws.push(`${id} counts ${gap.count} missed from ${at(gap.fromMs)}`);
    if (catchUp === "all") flaws.push(`${at(gap.fromMs)} is missed, and its catchUp is "all"`);
  }
  return flaws;
}
