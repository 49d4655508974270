import type postgres from "postgres";
import { COLUMN_TYPES } from "./column-types.ts";
import { Connections } from "./connections.ts";

export { ARRAY_OID } from "./column-types.ts";
export {
  isConflict,
  isConnectionLoss,
  isDataError,
  isEnded,
  isServerTrouble,
  isUnknownOutcome,
  sqlState,
} from "./database-errors.ts";

/**
 * The engine's way to Postgres. One durable change is ONE statement on the wire: when a backend dies, postgres.js
 * may run the rest of a transaction outside of it, on another connection, and report success. So there is no
 * `begin` and no `reserve` here; what needs several statements is one stored function, or (migrations only) one
 * multi-statement text through `sql.unsafe`, which Postgres runs as one transaction.
 */
export interface Database {
  readonly sql: Sql;
  /** Calls `heard` for every NOTIFY on `channel`, over a connection of its own that is opened again when it breaks. */
  listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>>;
  /** Waits for nothing: statements under way fail with CONNECTION_DESTROYED after `timeoutMs`. */
  end(options?: { timeoutMs?: number }): Promise<void>;
}

type Parameter = postgres.ParameterOrFragment<never>;

/** What of postgres.js is safe: one statement per call (see above and connections.ts). */
export interface Sql {
  <Rows extends readonly (object | undefined)[] = postgres.Row[]>(
    template: TemplateStringsArray,
    ...parameters: readonly Parameter[]
  ): postgres.PendingQuery<Rows>;
  /** A text of our own making, never of a user's. Several statements run as one transaction. */
  unsafe: postgres.ISql["unsafe"];
  /** A value with the type it has in Postgres: `sql.typed(values, ARRAY_OID.bytea)`. */
  typed<Value>(value: Value, oid: number): postgres.Parameter<Value>;
}

export interface DatabaseOptions {
  /** `postgres://user:password@host:5432/name`, or with `?host=/folder` for a Unix socket. */
  readonly url?: string;
  readonly options?: { host: string; port: number; user: string; database: string; password?: string };
  readonly max: number;
  readonly applicationName: string;
  /** Server settings of these connections, e.g. `{ lock_timeout: "500" }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** How long a statement waits for a new connection. */
  readonly connectTimeoutMs?: number;
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
    connect_timeout: (given.connectTimeoutMs ?? 10_000) / 1_000,
    // For LISTEN alone: the others never open a broken connection again.
    backoff: (failures: number) => Math.min(0.05 * 2 ** failures, 1),
    types: COLUMN_TYPES as Record<string, postgres.PostgresType>,
    connection: { application_name: applicationName, ...given.settings },
    onnotice: (notice: postgres.Notice) => onNotice?.(String(notice["message"])),
  };
  const connections = new Connections(address?.url, settings);
  const { builder } = connections;
  const sql = (template: TemplateStringsArray, ...parameters: Parameter[]) =>
    connections.route(builder(template, ...parameters), sql);
  const unsafe: Sql["unsafe"] = (...statement) => connections.route(builder.unsafe(...statement), unsafe);
  return {
    sql: Object.assign(sql, {
      unsafe,
      typed: builder.typed,
    }) as Sql,
    async listen(channel, heard) {
      const listening = await builder.listen(channel, heard);
      return listening.unlisten;
    },
    end: ({ timeoutMs = 5_000 } = {}) => connections.end(timeoutMs),
  };
}

/** The server's port. */
export function portOf({ url, options }: Pick<DatabaseOptions, "url" | "options">): number {
  return options?.port ?? Number((url && new URL(url).port) || 5432);
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
