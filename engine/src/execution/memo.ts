import type { StepEntry } from "../domain/outcome.ts";
import { isSettled } from "../domain/outcome.ts";
import type { JournalEntry } from "../store/journals.ts";

/** A pending entry: a sleep, a wait, or a step whose next attempt is due (`offered`) or is not. */
export interface PendingEntry {
  readonly op: string;
  readonly attempt: number;
  /** A failed step that the app shall try again in the next dispatch. */
  readonly offered: boolean;
}

/**
 * What a run has journalled so far, as the holder of its lease knows it: the text that goes into every dispatch
 * and the ids an answer is checked against. Results stay text from the app's answer to the app's next request;
 * nobody here parses them.
 */
export class Memo {
  #settledText = "";
  readonly #settled = new Map<string, string>();
  readonly #pending = new Map<string, PendingEntry>();

  static of(entries: readonly JournalEntry[]): Memo {
    const memo = new Memo();
    for (const entry of entries) {
      if (entry.seq !== null) memo.#settle(entry.stepId, entry.op, entry);
      else {
        const offered = entry.status === "retrying" && !entry.timerStands;
        memo.#pending.set(entry.stepId, { op: entry.op, attempt: entry.attempt, offered });
      }
    }
    return memo;
  }

  /** How many entries the journal holds, by this memo: its head if nothing settled behind our back. */
  get settledCount(): number {
    return this.#settled.size;
  }

  get pendingCount(): number {
    return this.#pending.size;
  }

  /** Settled and pending together: what the limit of entries per run counts. */
  get size(): number {
    return this.#settled.size + this.#pending.size;
  }

  settledOp(stepId: string): string | undefined {
    return this.#settled.get(stepId);
  }

  pendingOf(stepId: string): PendingEntry | undefined {
    return this.#pending.get(stepId);
  }

  /** Takes over what a commit has made durable. */
  apply(steps: readonly StepEntry[]): void {
    for (const step of steps) {
      if (isSettled(step)) {
        this.#pending.delete(step.id);
        this.#settle(step.id, step.op, step);
      } else this.#pending.set(step.id, { op: step.op, attempt: step.attempt, offered: false });
    }
  }

  /** The `memo` array of a dispatch: settled entries in journal order, then what is pending and not to be run. */
  toJson(): string {
    let text = this.#settledText;
    for (const [id, entry] of this.#pending) {
      if (entry.offered) continue;
      text += `${text === "" ? "" : ","}{"id":"${id}","op":"${entry.op}","st":"pending"}`;
    }
    return `[${text}]`;
  }

  /** The `attempts` object: the number the next attempt of a step will carry. */
  attemptsJson(): string {
    let text = "";
    for (const [id, entry] of this.#pending) {
      if (entry.offered) text += `${text === "" ? "" : ","}"${id}":${entry.attempt + 1}`;
    }
    return `{${text}}`;
  }

  #settle(
    id: string,
    op: string,
    entry: { readonly status: string; readonly value: string | null; readonly failure: string | null },
  ): void {
    const result =
      entry.status === "err"
        ? `,"st":"err","error":${entry.failure}`
        : `,"st":"ok"${valueMember(entry.value)}`;
    this.#settledText += `${this.#settledText === "" ? "" : ","}{"id":"${id}","op":"${op}"${result}}`;
    this.#settled.set(id, op);
  }
}

/** An undefined result is a missing `v`; a sleep's is too. */
function valueMember(value: string | null): string {
  return value === null ? "" : `,"v":${value}`;
}
