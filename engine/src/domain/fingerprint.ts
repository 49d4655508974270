// Which failures are the same. Pure: what groups them is what does not change from run to run.
import { createHash } from "node:crypto";
import type { Failure } from "@durable/protocol/wire";

export interface FailureSeen {
  readonly functionId: string;
  readonly failure: Failure;
  /** The name of the step it comes from, without its occurrence; null is the function's own code. */
  readonly step: string | null;
}

const DIGITS = 16;

/**
 * 16 hex digits: of the error's name, its step and the line of code. Without a line the function and the message stand for
 * it, and the parts of the message that are ids, numbers or addresses for any.
 */
export function fingerprintOf({ functionId, failure, step }: FailureSeen): string {
  const line = lineOf(failure.frame);
  const where = line === null ? [functionId, failure.code ?? "", sameEveryTime(failure.message)] : [line];
  const hash = createHash("sha256").update(JSON.stringify([failure.name, step, ...where]));
  return hash.digest("hex").slice(0, DIGITS);
}

export function isFingerprint(text: string): boolean {
  return /^[0-9a-f]{16}$/.test(text);
}

/** `src/charge.ts:12:9` in the first line of a frame, without the column: who formats the line does not make another error. */
function lineOf(frame: string | undefined): string | null {
  const place = placeOf(frame);
  return place === null ? null : place.replace(/:\d+$/, "");
}

/** The place alone: in dev mode the lines around it follow. */
export function placeOf(frame: string | undefined): string | null {
  return frame?.split("\n", 1)[0] || null;
}

const CHARACTERS_MAX = 500;

/** A message without what differs between two failures of one kind. */
export function sameEveryTime(message: string): string {
  return message
    .slice(0, CHARACTERS_MAX)
    .replace(/\b[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\b/gi, "<id>")
    .replace(/\b[\w.+-]+@[\w-]+\.[\w.-]+/g, "<address>")
    .replace(/\b(?=[a-z0-9_-]*\d)[a-z0-9]+(?:[_-][a-z0-9]+)+\b/gi, "<id>")
    .replace(/\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b/gi, "<id>")
    .replace(/\d+(?:[.,:]\d+)*/g, "<n>");
}
