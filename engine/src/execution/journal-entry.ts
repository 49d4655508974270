import type { Op, RawJson, RecordedOp } from "@durable/protocol/wire";
import type { StepEntry } from "../domain/outcome.ts";

/** What an op leaves in the journal, with what its kind says about it. */
export function journalEntry(op: Op, rest: Partial<StepEntry> & Pick<StepEntry, "status">): StepEntry {
  return {
    id: op.id,
    scope: op.scope,
    op: journalOp(op),
    name: op.name,
    n: op.n,
    value: null,
    failure: null,
    attempt: 1,
    dueMs: null,
    dueAtEpochMs: null,
    ...rest,
  };
}

/**
 * A planned step is in the journal what it would be without a plan: code may change its mind between two runs. Two kinds of
 * step that share an op are two there: code that asks for one must not be given what the other left.
 */
export function journalOp(op: Op): RecordedOp {
  switch (op.op) {
    case "plan":
    case "start":
      return "run";
    case "invoke":
      return op.spawn ? "spawn" : "invoke";
    case "input":
      return op.kind;
    default:
      return op.op;
  }
}

/** Values are `RawJson` after decoding: the text as received. */
export function rawText(value: unknown): string | null {
  return value === undefined ? null : (value as RawJson).text;
}
