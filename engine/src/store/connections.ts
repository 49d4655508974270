import postgres from "postgres";

/**
 * The connections of one database, and a repair of what postgres.js 3.4.9 does after a connection breaks.
 *
 * postgres.js opens a broken connection again with what the broken one left in memory. Seen with backends that were
 * terminated under load, and kept true by connections.test.ts:
 *
 * - half-received rows stay: the next result begins with 2,014 holes, and no error says so;
 * - the old error stays: the next statement fails with it without having been sent;
 * - a half-written message stays: the new connection never says hello, and each statement on it waits for the
 *   connect timeout, for about ten of them.
 *
 * So nothing is ever sent over a connection that was open before. postgres.js gets the statements one per connection
 * (it has no queue of its own then), and at the first sign of trouble the whole client is retired: what runs on its
 * other connections may finish, what comes next goes to a fresh client.
 *
 *     sql`...` -> waiting -> current client (max connections, one statement each)
 *                            retired clients (finishing)
 */
export class Connections {
  /** Only writes statements down; it never connects, except for LISTEN. */
  readonly builder: postgres.Sql;
  readonly #url: string | undefined;
  readonly #settings: Settings;
  readonly #max: number;
  readonly #connectTimeoutMs: number;
  readonly #clients = new Set<Client>();
  readonly #waiting: Statement[] = [];
  #current: Client | null = null;
  #running = 0;
  #ended: Promise<void> | null = null;
  #idle: (() => void) | null = null;

  constructor(url: string | undefined, settings: Settings) {
    this.#url = url;
    this.#settings = settings;
    this.#max = settings.max ?? 10;
    this.#connectTimeoutMs = (settings.connect_timeout ?? 10) * 1_000;
    this.builder = connect(url, settings);
  }

  /** Sends a statement of the builder through these connections, when it is first awaited. */
  route<T>(pending: T, caller: (...args: never) => unknown): T {
    rememberCaller(pending as Statement, caller);
    (pending as Statement).handler = (statement) => this.#submit(statement);
    return pending;
  }

  /** Statements that wait are refused, those under way get `timeoutMs`. */
  end(timeoutMs: number): Promise<void> {
    this.#ended ??= this.#end(timeoutMs);
    return this.#ended;
  }

  #submit(statement: Statement): void {
    if (this.#ended) {
      statement.reject(connectionError("CONNECTION_ENDED"));
    } else if (statement.streaming || statement.cursorFn) {
      statement.reject(new TypeError("Cursors and COPY hold a connection for longer than one statement."));
    } else {
      this.#waiting.push(statement);
      this.#fill();
    }
  }

  #fill(): void {
    while (this.#running < this.#max) {
      const statement = this.#waiting.shift();
      if (statement === undefined) return;
      if (!statement.cancelled) this.#start(statement);
    }
  }

  #start(statement: Statement): void {
    const client = this.#current ?? this.#open();
    this.#current = client;
    this.#running += 1;
    client.running += 1;
    let connecting: NodeJS.Timeout | undefined;
    let settled = false;
    const settle = () => {
      if (settled) return;
      settled = true;
      clearTimeout(connecting);
      // Not at once: postgres.js counts the connection as free only after it has told us of the result.
      queueMicrotask(() => this.#release(client));
    };
    const { resolve, reject } = statement;
    statement.resolve = (result) => {
      resolve(result);
      settle();
    };
    statement.reject = (error) => {
      if (!isFromServer(error)) this.#retire(client);
      reject(atCaller(error, statement));
      settle();
    };
    client.handler(statement);
    // Not sent yet, so it waits for a new connection. A server that accepts and hangs up again would be asked for ever.
    if (statement.state === null && !settled) {
      connecting = setTimeout(() => {
        if (statement.state !== null) return;
        statement.cancelled = true;
        statement.reject(connectionError("CONNECT_TIMEOUT"));
      }, this.#connectTimeoutMs);
    }
  }

  #open(): Client {
    const client: Client = { sql: null as unknown as postgres.Sql, handler: () => {}, running: 0 };
    client.sql = connect(this.#url, { ...this.#settings, onclose: () => this.#retire(client) });
    client.handler = (client.sql`` as unknown as Statement).handler;
    this.#clients.add(client);
    return client;
  }

  #retire(client: Client): void {
    if (this.#current === client) this.#current = null;
    this.#forgetIfDone(client);
  }

  #release(client: Client): void {
    this.#running -= 1;
    client.running -= 1;
    this.#forgetIfDone(client);
    this.#fill();
    if (this.#running === 0) this.#idle?.();
  }

  #forgetIfDone(client: Client): void {
    if (client === this.#current || client.running > 0 || !this.#clients.delete(client)) return;
    void client.sql.end({ timeout: 0 });
  }

  async #end(timeoutMs: number): Promise<void> {
    for (const statement of this.#waiting.splice(0)) statement.reject(connectionError("CONNECTION_ENDED"));
    if (this.#running > 0 && timeoutMs > 0) await this.#untilIdle(timeoutMs);
    const current = this.#current;
    this.#current = null;
    await Promise.all([
      ...[...this.#clients].map(({ sql }) =>
        sql.end({ timeout: sql === current?.sql && this.#running === 0 ? 1 : 0 }),
      ),
      this.builder.end({ timeout: 0 }),
    ]);
    this.#clients.clear();
  }

  #untilIdle(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const late = setTimeout(resolve, timeoutMs);
      this.#idle = () => {
        clearTimeout(late);
        resolve();
      };
    });
  }
}

type Settings = postgres.Options<Record<string, postgres.PostgresType>>;

/** Opens nothing yet: postgres.js connects with the first statement. */
function connect(url: string | undefined, settings: Settings): postgres.Sql {
  return url === undefined ? postgres(settings) : postgres(url, settings);
}

interface Client {
  sql: postgres.Sql;
  handler: (statement: Statement) => void;
  running: number;
}

/** What postgres.js calls a Query: a promise that knows how to send itself. These fields are its own. */
interface Statement {
  handler: (statement: Statement) => void;
  resolve: (result: unknown) => void;
  reject: (error: unknown) => void;
  /** Set when it is written to a connection. */
  readonly state: unknown;
  cancelled: unknown;
  readonly strings: readonly string[];
  readonly streaming?: boolean;
  readonly cursorFn?: unknown;
}

/** Keyed by the template, one per place in the code, or by the text of a statement that has none. */
const callers = new Map<object | string, string>();

/** Once per statement: where it is written, so that its errors do not point into the driver. */
function rememberCaller({ strings }: Statement, caller: (...args: never) => unknown): void {
  const key = placeOf(strings);
  if (callers.has(key)) return;
  const here = { stack: "" };
  Error.captureStackTrace(here, caller);
  callers.set(key, here.stack.replace(/^.*\n/, ""));
}

function atCaller(error: unknown, { strings }: Statement): unknown {
  const frames = callers.get(placeOf(strings));
  if (error instanceof Error && frames !== undefined) {
    const value = `${error.name}: ${error.message}\n${frames}`;
    // The driver has made it read-only. Reflect answers false instead of throwing into the middle of the driver.
    Reflect.defineProperty(error, "stack", { value, writable: true, configurable: true });
  }
  return error;
}

function placeOf(strings: Statement["strings"]): object | string {
  return "raw" in strings ? strings : strings[0]!;
}

/** An error that the server sent and survived leaves the connection as it was. */
function isFromServer(error: unknown): boolean {
  if (!(error instanceof Error) || error.name !== "PostgresError") return false;
  const { severity } = error as Error & { severity?: string };
  return severity !== "FATAL" && severity !== "PANIC";
}

function connectionError(code: "CONNECTION_ENDED" | "CONNECT_TIMEOUT"): Error {
  const sentence = {
    CONNECTION_ENDED: "The connections to the database were closed before this statement was sent.",
    CONNECT_TIMEOUT: "The database did not accept a connection in time.",
  };
  return Object.assign(new Error(sentence[code]), { code });
}
