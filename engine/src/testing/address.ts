import type { DatabaseOptions } from "../store/database.ts";

/** Where a Postgres is. */
export type Address = Pick<DatabaseOptions, "url" | "options">;

/** The same server, another database. */
export function within({ url, options }: Address, database: string): Address {
  if (options !== undefined) return { options: { ...options, database } };
  const own = new URL(url!);
  own.pathname = `/${database}`;
  return { url: own.toString() };
}
