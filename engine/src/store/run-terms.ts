import { textArray } from "./array-literal.ts";
import type { Database } from "./database.ts";

/** The first of these paths that no function declares, and that nothing was kept of while one did. */
export async function findUndeclared(
  { sql }: Database,
  workspaceId: number,
  paths: readonly string[],
): Promise<string | null> {
  const [row] = await sql<{ path: string }[]>`
    select p.path from unnest(${textArray(paths, (path) => path)}::text[]) as p(path)
    where not exists (select 1 from durable.run_terms t where t.workspace_id = ${workspaceId} and t.name = p.path)
      and not exists (
        select 1 from durable.functions f cross join lateral json_array_elements_text(f.manifest::json -> 'searchable') as s(path)
        where f.workspace_id = ${workspaceId} and f.removed_at is null and s.path = p.path)
    limit 1`;
  return row?.path ?? null;
}
