/** What postgres.js calls a Query: a promise that knows how to send itself. These fields are its own. */
export interface Statement {
  handler: (statement: Statement) => void;
  resolve: (result: unknown) => void;
  reject: (error: unknown) => void;
  /** Set when it is written to a connection. */
  readonly state: unknown;
  cancelled: unknown;
  /** A template's, or a list of one text. */
  readonly strings: readonly string[];
  readonly streaming?: boolean;
  readonly cursorFn?: unknown;
  /** Tells the server, over a connection of its own, or takes a statement back that was not sent. */
  canceller: ((statement: Statement) => Promise<unknown>) | null;
  /** Ours: nobody waits for it any more. */
  isCalledOff?: boolean;
}

/**
 * Has the server stop it. That word takes its own way, and may come when the statement is over: its connection is then not
 * used for another, which would be the one that is stopped (connection.ts).
 */
export function callOff(statement: Statement): void {
  const cancel = statement.canceller;
  statement.isCalledOff = true;
  statement.canceller = null;
  // Where it cannot be said, the server's own timeout ends the statement.
  void cancel?.(statement).catch(() => {});
}

/** Keyed by the template, one per place in the code, or by the text of a statement that has none. */
const callers = new Map<object | string, string>();

/** Once per statement: where it is written, so that its errors do not point into the driver. */
export function rememberCaller({ strings }: Statement, caller: (...args: never) => unknown): void {
  const key = placeOf(strings);
  if (callers.has(key)) return;
  const here = { stack: "" };
  Error.captureStackTrace(here, caller);
  callers.set(key, here.stack.replace(/^.*\n/, ""));
}

export function atCaller(error: unknown, { strings }: Statement): unknown {
  const frames = callers.get(placeOf(strings));
  if (error instanceof Error && frames !== undefined) {
    const value = `${error.name}: ${error.message}\n${frames}`;
    // The driver has made it read-only. Reflect answers false instead of throwing into the middle of the driver.
    Reflect.defineProperty(error, "stack", { value, writable: true, configurable: true });
  }
  return error;
}

function placeOf(strings: readonly string[]): object | string {
  return "raw" in strings ? strings : strings[0]!;
}
