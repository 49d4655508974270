// Words that cases are written in: ops as an app reports them, entries as a memo has them.

import { type MemoEntry, type RecordedOp, stepId } from "@durable/protocol/wire";
import type { Pattern } from "../match.ts";

/** Of a step in no branch. */
export function idOf(name: string, n = 0): string {
  return stepId("", name, n);
}

/** An op as it must be reported. */
export function op(kind: string, name: string, members: object = {}, n = 0): Pattern {
  return { op: kind, id: idOf(name, n), name, n, ...members };
}

export function ran(name: string, v: unknown, n = 0): Pattern {
  return op("run", name, { st: "ok", v }, n);
}

export function failed(name: string, error: Pattern, n = 0): Pattern {
  return op("run", name, { st: "err", error }, n);
}

export function goesOn(...ops: readonly Pattern[]): Pattern {
  return { status: "continue", ops };
}

export function done(output: unknown): Pattern {
  return { status: "done", output };
}

/** In the memo: the result of a step. */
export function ok(name: string, v?: unknown, n = 0): MemoEntry {
  return settled("run", name, v, n);
}

/** Of any kind; without `v` its value is undefined. */
export function settled(kind: RecordedOp, name: string, v?: unknown, n = 0): MemoEntry {
  return { id: idOf(name, n), op: kind, st: "ok", ...(v !== undefined && { v }) };
}

export function err(
  name: string,
  error: { name: string; message: string },
  kind: RecordedOp = "run",
  n = 0,
): MemoEntry {
  return { id: idOf(name, n), op: kind, st: "err", error };
}

export function pending(kind: RecordedOp, name: string, n = 0): MemoEntry {
  return { id: idOf(name, n), op: kind, st: "pending" };
}

/** The results of `loop` at the beginning of a program that makes the memo long. */
export const LONG = 120;

export const LONG_LOOP = {
  do: "loop",
  times: LONG,
  body: [{ do: "run", name: "before", returns: "$i" }],
} as const;

export const LONG_MEMO: readonly MemoEntry[] = Array.from({ length: LONG }, (_, n) => ok("before", n, n));
