import type { CheckpointAnswer, MemoEntry, Op } from "@durable/protocol/wire";
import { readJson } from "../http/read-json.ts";

export type CheckpointEnd =
  | {
      readonly kind: "taken";
      /** What settled since the last one, in order. */
      readonly memo: readonly MemoEntry[];
      /** The engine wants the lease back. */
      readonly yield: boolean;
    }
  /** The engine works with another dispatch, or the run has ended: nothing more of this one counts. */
  | { readonly kind: "stopped" }
  /** It was not taken, or nobody knows. The answer to the dispatch says the same. */
  | { readonly kind: "closed" };

export const CLOSED: CheckpointEnd = { kind: "closed" };

/** The way on which the checkpoints of one dispatch go, one after the other. */
export interface CheckpointLine {
  /** Whether another checkpoint may be sent. */
  readonly isOpen: boolean;
  /** How far it got. Undefined when none was sent. */
  readonly told: { readonly seq: number; readonly known: number } | undefined;
  /** Whether sending a memo of so many entries once more costs more than a checkpoint. */
  saves(entries: number): boolean;
  /**
   * Never two at once.
   * @param rests Nothing goes on here until it is answered.
   */
  send(ops: readonly Op[], rests: boolean): Promise<CheckpointEnd>;
}

/** Null for what is no answer to a checkpoint. */
export function readCheckpointAnswer(body: Uint8Array): CheckpointAnswer | null {
  try {
    const answer = readJson(body) as CheckpointAnswer;
    return Array.isArray(answer?.memo) && typeof answer.known === "number" ? answer : null;
  } catch {
    return null;
  }
}
