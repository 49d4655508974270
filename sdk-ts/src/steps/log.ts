import { enclosingBody } from "../execution/enclosing-step.ts";
import type { LogLevel, LogLines } from "../execution/log-lines.ts";

type Write = (message: string, data?: unknown) => void;

/**
 * `log(message, data?)`: a line of the log of the attempt at hand, kept with the run and shown by `durable runs logs`.
 * `log.debug`, `.info` (the same as `log`), `.warn` and `.error` say how grave it is. It never throws.
 */
export interface Log extends Write, Readonly<Record<LogLevel, Write>> {}

/** Writes to these lines. */
export function logTo({ add }: Pick<LogLines, "add">): Log {
  const at = (level: LogLevel) => (message: string, data?: unknown) => add(level, message, data);
  return Object.assign(at("info"), {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
  });
}

/**
 * Writes to the log of the body that calls it. Between steps there is none, and a replay would say everything again;
 * nor is there on a runtime that cannot tell whose code calls. Such lines are printed.
 */
export const log: Log = logTo({
  add(level, message, data) {
    const lines = enclosingBody()?.lines;
    if (lines !== undefined) lines.add(level, message, data);
    else if (data === undefined) console[level](message);
    else console[level](message, data);
  },
});
