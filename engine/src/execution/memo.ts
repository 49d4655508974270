import type { Outcome } from "../domain/outcome.ts";
import { isSettled } from "../domain/outcome.ts";
import type { JournalEntry } from "../store/journals.ts";
import { memoEntryText } from "./memo-entry.ts";

/** An open entry: a sleep, a wait, a task, or a step whose next attempt is due (`offered`) or is not. */
export interface PendingEntry {
  readonly op: string;
  readonly attempt: number;
  /** A step that the app shall run in this dispatch: one that failed before, or the one a task is for. */
  readonly offered: boolean;
  /** Lost a race: the app sees it as pending for ever, and nothing waits for it. */
  readonly cancelled?: boolean;
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

  /** `taskStepId`: the step that a task of its own is for; it is offered to that task, and to nobody else. */
  static of(entries: readonly JournalEntry[], taskStepId: string | null = null): Memo {
    const memo = new Memo();
    for (const { stepId, seq, op, attempt, status, isHeldBack, ...entry } of entries) {
      if (seq !== null) memo.#settle(stepId, op, { status, ...entry });
      else {
        const offered = stepId === taskStepId || (status === "retrying" && !isHeldBack);
        memo.#pending.set(stepId, { op, attempt, offered, cancelled: status === "cancelled" });
      }
    }
    return memo;
  }

  /** How many entries the journal holds, by this memo: its head if nothing settled behind our back. */
  get settledCount(): number {
    return this.#settled.size;
  }

  /** Whether anything is open that will be settled one day. */
  get isAnythingPending(): boolean {
    for (const entry of this.#pending.values()) if (!entry.cancelled) return true;
    return false;
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
  apply({ steps, effects }: Pick<Outcome, "steps" | "effects">): void {
    for (const step of steps) {
      if (isSettled(step)) {
        this.#pending.delete(step.id);
        this.#settle(step.id, step.op, step);
      } else this.#pending.set(step.id, { op: step.op, attempt: step.attempt, offered: false });
    }
    for (const { kind, stepId } of effects) {
      const entry = kind === "cancel" ? this.#pending.get(stepId!) : undefined;
      if (entry !== undefined) this.#pending.set(stepId!, { ...entry, offered: false, cancelled: true });
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
    this.#settledText += `${this.#settledText === "" ? "" : ","}${memoEntryText(id, op, entry)}`;
    this.#settled.set(id, op);
  }
}
