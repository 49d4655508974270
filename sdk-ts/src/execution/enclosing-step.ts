import { NonRetriableError } from "../errors.ts";
import { nodeModule } from "../runtime/node-module.ts";
import type { LogLines } from "./log-lines.ts";

interface Body {
  readonly name: string;
  /** What it is, where it is no step. */
  readonly isQuery?: boolean;
  /** A step of another turn, such as one that a test drives from within a step, is nobody's nested step. */
  readonly turn: { readonly capturesConsole: boolean };
  /** What this attempt says; missing in code whose attempts are not recorded. */
  readonly lines?: LogLines;
  readonly heartbeat?: (progress?: unknown, note?: string) => Promise<void>;
}

const { AsyncLocalStorage } = nodeModule("node:async_hooks") ?? {};
const bodies = AsyncLocalStorage === undefined ? null : new AsyncLocalStorage<Body>();

/** Calls a step's body so that steps reached in it can be told from steps beside it, where the runtime can tell. */
export function callBody<Value>(body: Body, call: () => Value): Value {
  return bodies === null ? call() : bodies.run(body, call);
}

/** The body that calls, where there is one and the runtime can tell. */
export function enclosingBody(): Body | undefined {
  return bodies?.getStore();
}

/**
 * A step inside a step's body could not be replayed: the outer one answers from the memo, and the inner one is never
 * reached again.
 * @throws NonRetriableError inside such a body.
 */
export function refuseNesting(turn: object, name: string): void {
  const outer = bodies?.getStore();
  if (outer === undefined || outer.turn !== turn) return;
  if (outer.isQuery) {
    throw new NonRetriableError(
      `Step "${name}" is called in query "${outer.name}", which answers and starts nothing. Read what the handler has in variables.`,
    );
  }
  throw new NonRetriableError(
    `Step "${name}" is called inside step "${outer.name}". Steps do not nest: call it after "${outer.name}", with what that returns.`,
  );
}
