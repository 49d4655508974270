import type { Database, Sql } from "./database.ts";

/** A row of `changes`. */
export interface Change {
  readonly workspaceId: number;
  /** Null of what is no run. */
  readonly runId: string | null;
  readonly kind: string;
  /** Which schedule, limit and so on; of `run.logs` its first and last line. */
  readonly subject: string | null;
}

/** How far somebody has read: all that this snapshot saw, in this life of the database. */
export interface ReadTo {
  readonly epoch: string;
  /** As Postgres writes it: `xmin:xmax:xip,xip`. */
  readonly snapshot: string;
}

export interface ChangesRead {
  readonly to: ReadTo;
  /** Of whatever is read later the revision is higher. */
  readonly revision: number;
  readonly changes: readonly Change[];
  /** They cannot be told, and all must be read anew: `many`, too many; `old`, some are dropped, or it is another database. */
  readonly lost: "many" | "old" | null;
}

/** More than that nobody is told one by one. */
export const CHANGES_MAX = 20_000;

interface Row {
  epoch: string | null;
  snapshot: string;
  revision: number;
  gone: boolean;
  changes: string;
}

/**
 * What was committed in these workspaces since, each change once, in no order that means anything.
 * @param upTo Only what this later snapshot saw.
 */
export async function readChanges(
  database: Database,
  since: ReadTo,
  workspaceIds: readonly number[],
  upTo: ReadTo | null = null,
): Promise<ChangesRead> {
  const { sql } = database;
  const [, next, underWay] = since.snapshot.split(":") as [string, string, string];
  const begun = underWay === "" ? [] : underWay.split(",");
  const until = upTo === null ? sql`` : sql`and pg_visible_in_snapshot(c.xid, ${upTo.snapshot}::pg_snapshot)`;
  const of = (table: ReturnType<Sql>) => sql`
    (select c.* from ${table} c
      where c.xid >= ${next}::text::xid8 and c.workspace_id = any (${workspaceIds as number[]}::int[]) ${until}
      order by c.xid limit ${CHANGES_MAX + 1})
    union all
    select c.* from ${table} c
      where c.xid = any (${begun}::text[]::xid8[]) and c.workspace_id = any (${workspaceIds as number[]}::int[]) ${until}`;
  const [row] = await sql<Row[]>`
    select durable.epoch() as epoch, pg_current_snapshot()::text as snapshot, durable.revision()::float8 as revision,
      (select not pg_visible_in_snapshot(l.dropped, ${since.snapshot}::pg_snapshot) from durable.change_log l) as gone,
      (select coalesce(json_agg(json_build_array(c.workspace_id, c.run_id, c.kind, c.subject)), '[]')::text from (
        ${of(sql`durable.changes`)} union all ${of(sql`durable.changes_before`)}) as c) as changes`;
  const { epoch, snapshot, revision, gone, changes } = row!;
  const found = JSON.parse(changes) as [number, string | null, string, string | null][];
  const lost = epoch !== since.epoch || gone ? "old" : found.length > CHANGES_MAX ? "many" : null;
  return {
    to: { epoch: epoch ?? (await beginEpoch(database)), snapshot },
    revision,
    changes: (lost === null ? found : []).map(([workspaceId, runId, kind, subject]) => ({
      workspaceId,
      runId,
      kind,
      subject,
    })),
    lost,
  };
}

/** Now: who reads on from here misses nothing that is not there yet. */
export async function readToNow(database: Database): Promise<ReadTo> {
  const [row] = await database.sql<{ epoch: string | null; snapshot: string }[]>`
    select durable.epoch() as epoch, pg_current_snapshot()::text as snapshot`;
  return { epoch: row!.epoch ?? (await beginEpoch(database)), snapshot: row!.snapshot };
}

async function beginEpoch({ sql }: Database): Promise<string> {
  const [row] = await sql<{ epoch: string }[]>`select durable.begin_epoch() as epoch`;
  return row!.epoch;
}

/** A row for each that is kept, twice as many at most, or of so many hours. Answers whether some were dropped. */
export async function rotateChanges({ sql }: Database, rows: number, hours: number): Promise<boolean> {
  const [row] = await sql<{ rotated: boolean }[]>`
    select durable.rotate_changes(${rows}, ${hours} * interval '1 hour') as rotated`;
  return row!.rotated;
}
