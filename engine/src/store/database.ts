import postgres from "postgres";
import { COLUMN_TYPES } from "./column-types.ts";

export { ARRAY_OID } from "./column-types.ts";
export { isConflict, isConnectionLoss, isDataError, isUnknownOutcome, sqlState } from "./database-errors.ts";

/**
 * The engine's way to Postgres. One durable change is ONE statement on the wire: when a backend dies, postgres.js
 * may run the rest of a transaction outside of it, on another connection, and report success. So there is no
 * `begin` and no `reserve` here; what needs several statements is one stored function, or (migrations only) one
 * multi-statement text through `sql.unsafe`, which Postgres runs as one transaction.
 */
export interface Database {
  readonly sql: Sql;
  /** Calls `heard` for every NOTIFY on `channel`, over a connection of its own that is opened again when it breaks. */
  listen(channel: string, heard: () => void): Promise<() => Promise<void>>;
  /** Waits for nothing: statements under way fail with CONNECTION_DESTROYED after `timeoutMs`. */
  end(options?: { timeoutMs?: number }): Promise<void>;
}

export type Sql = postgres.ISql<Record<string, never>>;

export interface DatabaseOptions {
  /** `postgres://user:password@host:5432/name`, or with `?host=/folder` for a Unix socket. */
  readonly url?: string;
  readonly options?: { host: string; port: number; user: string; database: string; password?: string };
  readonly max: number;
  readonly applicationName: string;
  /** Server settings of these connections, e.g. `{ lock_timeout: "500" }`. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly onNotice?: (message: string) => void;
}

export function openDatabase(given: DatabaseOptions): Database {
  const { url, options, max, applicationName, onNotice } = given;
  const address = url === undefined ? null : socketOf(url);
  const settings = {
    ...options,
    ...address?.socket,
    max,
    prepare: true,
    fetch_types: false,
    max_lifetime: null,
    connect_timeout: 10,
    types: COLUMN_TYPES as Record<string, postgres.PostgresType>,
    connection: { application_name: applicationName, ...given.settings },
    onnotice: (notice: postgres.Notice) => onNotice?.(String(notice["message"])),
  };
  const sql = address === null ? postgres(settings) : postgres(address.url, settings);
  return {
    sql: sql as unknown as Sql,
    async listen(channel, heard) {
      const listening = await sql.listen(channel, heard);
      return listening.unlisten;
    },
    end: ({ timeoutMs = 5_000 } = {}) => sql.end({ timeout: timeoutMs / 1000 }),
  };
}

/** libpq names a socket's folder in `?host=`; postgres.js would send it to the server as a setting. */
function socketOf(url: string): { url: string; socket: { host?: string; port?: number; user?: string } } {
  const parsed = new URL(url);
  const host = parsed.searchParams.get("host");
  if (host === null) return { url, socket: {} };
  const port = Number(parsed.searchParams.get("port") ?? 5432);
  const user = parsed.searchParams.get("user");
  for (const name of ["host", "port", "user"]) parsed.searchParams.delete(name);
  return { url: parsed.toString(), socket: { host, port, ...(user === null ? {} : { user }) } };
}
