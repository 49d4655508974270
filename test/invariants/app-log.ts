import { createHash } from "node:crypto";
import { LogFile } from "./log-file.ts";

/**
 * What an app saw, written by the app itself, one line each with O_APPEND: every request, and every step body
 * started and ended. `t` is epoch milliseconds by the app's clock.
 */
export type AppLine = RequestLine | StartLine | EndLine | NapLine | WaitedLine;

export interface RequestLine {
  readonly kind: "request";
  readonly t: number;
  readonly app: string;
  readonly pid: number;
  /** `webhook-id`. */
  readonly id: string;
  /** `valid`, or why it is not: checked by the app's own code, not by the SDK's. */
  readonly signature: string;
  readonly type: string;
  readonly run?: string;
  readonly fn?: string;
  readonly fence?: string;
  /** `advance`, `compensate`, .. */
  readonly task?: string;
  /** Settled entries of the memo in order: step id and hash of the result. */
  readonly memo?: readonly (readonly [stepId: string, hash: string])[];
}

export interface StartLine {
  readonly kind: "start";
  readonly t: number;
  readonly run: string;
  /** `webhook-id` of the request in which it started. */
  readonly request: string;
  readonly stepId: string;
  readonly name: string;
  /** The idempotency key user code was given. */
  readonly key: string;
  readonly attempt: number;
  /** The most attempts its policy allows, and the least time between two of them. */
  readonly attemptsMax: number;
  readonly backoffMs: number;
}

export interface EndLine {
  readonly kind: "end";
  readonly t: number;
  readonly run: string;
  readonly request: string;
  readonly stepId: string;
  readonly attempt: number;
  /** Of the value it returned, which no other execution returns; null when it threw. */
  readonly hash: string | null;
  readonly retriable?: boolean;
}

/** A sleep, as the code around it saw it. */
export interface NapLine {
  readonly kind: "nap";
  readonly t: number;
  readonly run: string;
  readonly name: string;
  readonly at: "before" | "after";
  readonly ms: number;
}

/** A wait that has resolved, as the code around it saw it. */
export interface WaitedLine {
  readonly kind: "waited";
  readonly t: number;
  readonly run: string;
  readonly stepId: string;
  /** What it waited for, and what came: the event's `key`, or null after a timeout. */
  readonly event: string;
  readonly key: string;
  readonly got: string | null;
}

export class AppLog {
  readonly #file: LogFile<AppLine>;

  constructor(path: string) {
    this.#file = new LogFile(path);
  }

  read(): readonly AppLine[] {
    return this.#file.read();
  }

  only<Kind extends AppLine["kind"]>(kind: Kind): Extract<AppLine, { kind: Kind }>[] {
    return this.read().filter((line): line is Extract<AppLine, { kind: Kind }> => line.kind === kind);
  }
}

/** Of a JSON value, however it was formatted. */
export function hashOf(value: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(value) ?? "undefined")
    .digest("hex")
    .slice(0, 16);
}

/** Of a result as the database keeps it: JSON text. */
export function hashOfText(text: string | null): string {
  return hashOf(text === null ? undefined : JSON.parse(text));
}
