import postgres from "postgres";
import { atCaller, type Statement } from "./statement.ts";

export type Settings = postgres.Options<Record<string, postgres.PostgresType>>;

/** Opens nothing yet: postgres.js connects with the first statement. */
export function connect(url: string | undefined, settings: Settings): postgres.Sql {
  return url === undefined ? postgres(settings) : postgres(url, settings);
}

interface Owner {
  /** It can be trusted no more. What runs on it may still finish. */
  broken(connection: Connection): void;
  /** Its statement has its result. */
  finished(connection: Connection): void;
}

/** A client of postgres.js for one connection and one statement at a time, thrown away at the first sign of trouble. */
export class Connection {
  isBroken = false;
  isBusy = false;
  /** It is well, and carries nothing more: a word to stop what it carried may still be on its way. */
  isSpent = false;
  readonly #sql: postgres.Sql;
  readonly #send: (statement: Statement) => void;
  readonly #owner: Owner;
  readonly #connectTimeoutMs: number;

  constructor(url: string | undefined, settings: Settings, owner: Owner) {
    this.#owner = owner;
    this.#connectTimeoutMs = (settings.connect_timeout ?? 10) * 1_000;
    this.#sql = connect(url, { ...settings, max: 1, onclose: () => this.#break() });
    this.#send = (this.#sql`` as unknown as Statement).handler;
  }

  carry(statement: Statement): void {
    this.isBusy = true;
    let connecting: NodeJS.Timeout | undefined;
    let settled = false;
    const settle = () => {
      if (settled) return;
      settled = true;
      clearTimeout(connecting);
      if (statement.isCalledOff) this.isSpent = true;
      // Not at once: postgres.js counts the connection as free only after it has told us of the result.
      queueMicrotask(() => {
        this.isBusy = false;
        this.#owner.finished(this);
      });
    };
    const { resolve, reject } = statement;
    statement.resolve = (result) => {
      resolve(result);
      settle();
    };
    statement.reject = (error) => {
      if (!isFromServer(error)) this.#break();
      reject(atCaller(error, statement));
      settle();
    };
    this.#send(statement);
    // Not sent yet, so it waits for a new connection. A server that accepts and hangs up again would be asked for ever.
    if (statement.state === null && !settled) {
      connecting = setTimeout(() => {
        if (statement.state !== null) return;
        statement.cancelled = true;
        statement.reject(connectionError("CONNECT_TIMEOUT"));
      }, this.#connectTimeoutMs);
    }
  }

  /** Says goodbye to the server when nothing runs and there is time for it; otherwise hangs up. */
  end(timeoutS: number): Promise<void> {
    return this.#sql.end({ timeout: timeoutS });
  }

  #break(): void {
    if (this.isBroken) return;
    this.isBroken = true;
    this.#owner.broken(this);
  }
}

/** An error that the server sent and survived leaves the connection as it was. */
function isFromServer(error: unknown): boolean {
  if (!(error instanceof Error) || error.name !== "PostgresError") return false;
  const { severity } = error as Error & { severity?: string };
  return severity !== "FATAL" && severity !== "PANIC";
}

export function connectionError(code: "CONNECTION_ENDED" | "CONNECT_TIMEOUT"): Error {
  const sentence = {
    CONNECTION_ENDED: "The connections to the database were closed before this statement was sent.",
    CONNECT_TIMEOUT: "The database did not accept a connection in time.",
  };
  return Object.assign(new Error(sentence[code]), { code });
}
