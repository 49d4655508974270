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
