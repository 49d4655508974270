import { isUuid } from "../domain/ids.ts";
import type { Database } from "./database.ts";

export interface Thing {
  readonly kind: "run" | "event";
  readonly app: string;
  readonly environment: string;
  /** As people know it. */
  readonly id: string;
}

/**
 * Runs and events of this id. Each workspace is asked by its own key: there are tens, and no index stands over all of them.
 * @param only Null: all workspaces.
 */
export async function findThings(
  { sql }: Database,
  only: number | null,
  id: string,
  limit: number,
): Promise<Thing[]> {
  // No text in the database has one, and it refuses to compare.
  if (id.includes("\0")) return [];
  return await sql<Thing[]>`
    select q.kind, w.app, w.environment, q.id from durable.workspaces w
    cross join lateral (
      select 'run' as kind, 1 as place, r.id::text as id from durable.runs r
        where r.workspace_id = w.id and r.id = ${isUuid(id) ? id : null}::uuid
      union all
      select 'event', 2, coalesce(e.client_id, e.id::text) from durable.events e
        where e.workspace_id = w.id and e.id = durable.event_by_id(w.id, ${id}::text)) as q
    where ${only}::int is null or w.id = ${only}::int
    order by q.place, w.app, w.environment limit ${limit}`;
}
