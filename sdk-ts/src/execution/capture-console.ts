import { nodeModule } from "../runtime/node-module.ts";
import { enclosingBody } from "./enclosing-step.ts";
import type { LogLevel } from "./log-lines.ts";

type Method = "debug" | "log" | "info" | "warn" | "error";

const LEVELS: Record<Method, LogLevel> = {
  debug: "debug",
  log: "info",
  info: "info",
  warn: "warn",
  error: "error",
};

let isInstalled = false;

/**
 * From now on, what a step's body prints is a line of its log too, where the runtime can tell whose body it is. It is
 * printed as before.
 */
export function captureConsole(): void {
  const util = nodeModule("node:util");
  if (isInstalled || util === undefined) return;
  isInstalled = true;
  for (const method of Object.keys(LEVELS) as Method[]) {
    const print = console[method];
    console[method] = (...args: unknown[]) => {
      print.apply(console, args);
      const body = enclosingBody();
      if (body?.lines === undefined || !body.turn.capturesConsole) return;
      try {
        body.lines.add(LEVELS[method], util.format(...args));
      } catch {
        // An argument that cannot be shown was no reason to fail before, and is none now.
      }
    };
  }
}
