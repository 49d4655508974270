import type { Database } from "./database.ts";

export interface ViewStored {
  readonly id: string;
  readonly screen: string;
  readonly name: string;
  /** JSON text. */
  readonly search: string;
  readonly created_by: string;
  readonly created_at: string;
}

/** By screen and name; or one of them. */
export async function listViews(
  { sql }: Database,
  workspaceId: number,
  { id, limit }: { readonly id: string | null; readonly limit: number },
): Promise<ViewStored[]> {
  return await sql<ViewStored[]>`
    select v.id, v.screen, v.name, v.search, v.created_by, durable.rfc3339(v.created_at) as created_at
    from durable.saved_views v where v.workspace_id = ${workspaceId} ${id === null ? sql`` : sql`and v.id = ${id}::uuid`}
    order by v.screen, v.name limit ${limit}`;
}

export interface NewView {
  /** Taken when there is none of this name. */
  readonly id: string;
  readonly screen: string;
  readonly name: string;
  /** JSON text. */
  readonly search: string;
  readonly actor: string;
}

/** Answers its id; null when the workspace has as many as may be. */
export async function saveView(
  { sql }: Database,
  workspaceId: number,
  { id, screen, name, search, actor }: NewView,
  most: number,
): Promise<string | null> {
  const [row] = await sql<{ id: string | null }[]>`
    select durable.save_view(${workspaceId}::int, ${id}::uuid, ${screen}::text, ${name}::text, ${search}::text, ${most}::int,
      ${actor}::text) as id`;
  return row!.id;
}

/** False for an unknown one. */
export async function deleteView(
  { sql }: Database,
  workspaceId: number,
  id: string,
  actor: string,
): Promise<boolean> {
  const [row] = await sql<{ done: boolean }[]>`
    select durable.delete_view(${workspaceId}::int, ${id}::uuid, ${actor}::text) as done`;
  return row!.done;
}
