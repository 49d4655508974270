import type { Manifest } from "@durable/protocol/wire";
import type { AppLine } from "./app/app-line.ts";
import type { CallbackServer } from "./engine/callback-server.ts";
import { type Forbidden, Tape } from "./tape.ts";

/** What every case plays on. */
export interface Stage {
  readonly app: AppLine;
  readonly callbacks: CallbackServer;
  readonly manifest: Manifest;
  /** Whether the kit started the app, and so can do it in other ways. */
  readonly isStarted: boolean;
  readonly forbidden: readonly Forbidden[];
}

export function newTape({ forbidden }: Stage): Tape {
  return new Tape(forbidden);
}

/** What came of a case. */
export interface CaseEnd {
  /** None: it passed. */
  readonly flaws: readonly string[];
  /** Why the fixture or the SDK cannot be asked that. */
  readonly notImplemented?: string;
  readonly tape: Tape;
}

/** What the fixture says of a statement that it does not know. */
export function isUnknownStatement(message: unknown): boolean {
  const { error } = (message ?? {}) as { error?: { name?: unknown } };
  return error?.name === "UnknownStatementError";
}

export const UNKNOWN_STATEMENT = "the fixture does not know a statement of the program";

export function leakFlaws(tape: Tape): string[] {
  return [...tape.leaks].map((what) => `the app said what it must never say: ${what}`);
}

/** The commonest reason why what an engine is asked for does not come. */
export function neverCalled({ callbacks }: Stage): string {
  return `the app never called the kit, which listens at ${callbacks.url}: was it started with DURABLE_URL=${callbacks.url}?`;
}
