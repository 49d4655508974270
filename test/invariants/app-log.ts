import { createHash } from "node:crypto";
import { LogFile } from "./log-file.ts";

/**
 * What an app saw, written by the app itself, one line each with O_APPEND: every request, and every step body
 * started and ended. `t` is epoch milliseconds by the app's clock.
 */
export type AppLine =
  | RequestLine
  | StartLine
  | EndLine
  | NapLine
  | WaitedLine
  | UndoLine
  | EchoLine
  | FetchedLine
  | CheckpointLine
  | StreamedLine
  | HandledLine;

export interface RequestLine {
  readonly kind: "request";
  readonly t: number;
  readonly app: string;
  readonly pid: number;
  /** `webhook-id`. */
  readonly id: string;
  /** `valid`, or why it is not: checked by the app's own code, not by the SDK's. */
  readonly signature: string;
  /** When its sender says it signed it: whole seconds. It may have stood in line since. */
  readonly signedMs: number;
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
  /** It must not start a second time. */
  readonly once: boolean;
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
  /** Its step can be undone. */
  readonly undo?: boolean;
  /** What it wrote to its log. */
  readonly said?: readonly string[];
}

/** A step was undone. */
export interface UndoLine {
  readonly kind: "undo";
  readonly t: number;
  readonly run: string;
  /** Of the step, not of what undoes it. */
  readonly stepId: string;
  readonly name: string;
  readonly key: string;
}

/** A call that the engine made for a step, as who was called saw it. */
export interface EchoLine {
  readonly kind: "echo";
  readonly t: number;
  readonly run: string;
  readonly stepId: string;
  readonly key: string;
}

/** An engine took a checkpoint. */
export interface CheckpointLine {
  readonly kind: "checkpoint";
  readonly t: number;
  readonly run: string;
}

/** An engine took what was told on an open request. */
export interface StreamedLine {
  readonly kind: "streamed";
  readonly t: number;
  readonly run: string;
}

/** What such a call gave to user code: `run/step`, when all is well. */
export interface FetchedLine {
  readonly kind: "fetched";
  readonly t: number;
  readonly run: string;
  readonly stepId: string;
  readonly got: string;
}

/** A handler was called, perhaps again, with these events. */
export interface HandledLine {
  readonly kind: "handled";
  readonly t: number;
  readonly run: string;
  readonly fn: string;
  readonly events: readonly string[];
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

/** The latest moment at which a request can have left: an app without a moment to read lets it wait. */
export function leftBy({ t, signedMs }: RequestLine): number {
  return Math.min(t, signedMs + 999);
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
