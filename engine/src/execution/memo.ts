import type { Ending } from "../domain/ending.ts";
import type { Outcome } from "../domain/outcome.ts";
import { isSettled } from "../domain/outcome.ts";
import type { JournalEntry } from "../store/journals.ts";
import { cursorText } from "./memo-cursor.ts";
import { memoEntryByRef, memoEntryText, refOf, type Shown } from "./memo-entry.ts";
import { SettledText } from "./settled-text.ts";

/** An open entry: a sleep, a wait, a task, or a step whose next attempt is due (`offered`) or is not. */
export interface PendingEntry {
  readonly op: string;
  readonly attempt: number;
  /** A step that the app shall run in this dispatch: one that failed before, or the one a task is for. */
  readonly offered: boolean;
  /** Lost a race: the app sees it as pending for ever, and nothing waits for it. */
  readonly cancelled?: boolean;
  /** The attempt after which a person resumed it: what its policy allows is counted from there. */
  readonly resumedAfter: number;
  /** From the first of these attempts to when the entry was loaded. */
  readonly elapsedMs: number;
}

/** A completed step that can be undone and was not yet. */
export interface OwedStep {
  readonly id: string;
  readonly name: string;
}

/** As much of a memo as one request holds. */
export interface MemoHead {
  /** The `memo` array. */
  readonly json: string;
  /** Cursor to the rest. */
  readonly next: string;
}

/**
 * What a run has journalled so far, as the holder of its lease knows it: the text that goes into every dispatch
 * and the ids an answer is checked against. Results stay text from the app's answer to the app's next request;
 * nobody here parses them.
 */
export class Memo {
  readonly #inline = new SettledText();
  /** With a `ref` for each large value; null while there is none, as mostly. */
  #byRef: SettledText | null = null;
  readonly #settled = new Map<string, string>();
  /** Settled, and part of a group that is shown instead. */
  #foldedCount = 0;
  readonly #pending = new Map<string, PendingEntry>();
  /** In the order of the journal. */
  readonly #owed = new Map<string, OwedStep>();
  #ending: Ending | null;

  private constructor(ending: Ending | null) {
    this.#ending = ending;
  }

  /** `taskStepId`: the step that a task of its own is for; it is offered to that task, and to nobody else. */
  static of(
    entries: readonly JournalEntry[],
    { taskStepId = null, ending = null }: { taskStepId?: string | null; ending?: Ending | null } = {},
  ): Memo {
    const memo = new Memo(ending);
    for (const { stepId, seq, op, attempt, status, isHeldBack, ...entry } of entries) {
      if (entry.isFolded) {
        memo.#settled.set(stepId, op);
        memo.#foldedCount += 1;
        memo.#show(null);
      } else if (seq !== null) memo.#settle(stepId, op, { status, ...entry });
      else {
        const offered = stepId === taskStepId || (status === "retrying" && !isHeldBack);
        const { resumedAfter, elapsedMs } = entry;
        const cancelled = status === "cancelled";
        memo.#pending.set(stepId, { op, attempt, offered, cancelled, resumedAfter, elapsedMs });
      }
      if (entry.isOwed) memo.#owed.set(stepId, { id: stepId, name: entry.name });
    }
    return memo;
  }

  /** Not null while the run's steps are undone: then it is dispatched for nothing else. */
  get ending(): Ending | null {
    return this.#ending;
  }

  get owedCount(): number {
    return this.#owed.size;
  }

  /** The completed step to undo next: the last one of the journal. */
  get nextToUndo(): OwedStep | null {
    return [...this.#owed.values()].at(-1) ?? null;
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

  /** Whether anything of this op is open. */
  isPending(op: string): boolean {
    for (const entry of this.#pending.values()) if (entry.op === op && !entry.cancelled) return true;
    return false;
  }

  /** What a dispatch shows, settled and pending together: what the limit of entries per run counts. */
  get size(): number {
    return this.#settled.size - this.#foldedCount + this.#pending.size;
  }

  /** Whether the journal has an entry for it, settled or pending. */
  has(stepId: string): boolean {
    return this.#settled.has(stepId) || this.#pending.has(stepId);
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
      } else {
        const { resumedAfter, elapsedMs } = this.#pending.get(step.id) ?? { resumedAfter: 0, elapsedMs: 0 };
        const { op, attempt } = step;
        this.#pending.set(step.id, { op, attempt, offered: false, resumedAfter, elapsedMs });
      }
    }
    for (const { kind, stepId, data } of effects) {
      if (kind === "compensable") {
        const { id, name } = steps.find((step) => step.id === stepId)!;
        this.#owed.set(id, { id, name });
      } else if (kind === "undone") {
        this.#owed.delete(stepId!);
      } else if (kind === "failing") {
        this.#ending = { kind: "failing", failure: data };
        for (const id of this.#pending.keys()) this.#cancel(id);
      } else if (kind === "cancel") this.#cancel(stepId!);
    }
  }

  #cancel(id: string): void {
    const entry = this.#pending.get(id);
    if (entry !== undefined) this.#pending.set(id, { ...entry, offered: false, cancelled: true });
  }

  /** The `memo` array of a dispatch: settled entries in journal order, then what is pending and not to be run. */
  toJson(shown: Shown = "inline"): string {
    return this.#withPending(this.#settledText(shown).toString());
  }

  /** Whether `by-ref` shows anything in another way. */
  get hasLargeValues(): boolean {
    return this.#byRef !== null;
  }

  /**
   * The same with as many of the settled entries as fit into so many bytes, from the first on, and all that is pending.
   * The rest is fetched in pages, from the cursor on.
   */
  headOf(bytesMax: number, shown: Shown = "inline"): MemoHead {
    const room = bytesMax - Buffer.byteLength(this.#withPending("")) - 1;
    const { text, count } = this.#settledText(shown).headOf(room);
    const next = cursorText({ after: count, upTo: this.settledCount, shown });
    return { json: this.#withPending(text), next };
  }

  #settledText(shown: Shown): SettledText {
    return shown === "inline" ? this.#inline : (this.#byRef ?? this.#inline);
  }

  #withPending(settledText: string): string {
    let text = settledText;
    for (const [id, entry] of this.#pending) {
      if (entry.offered || entry.op === "compensate") continue;
      text += `${text === "" ? "" : ","}{"id":"${id}","op":"${entry.op}","st":"pending"}`;
    }
    return `[${text}]`;
  }

  /** The `attempts` object: the number the next attempt of a step will carry, unless it is the first. */
  attemptsJson(): string {
    let text = "";
    for (const [id, entry] of this.#pending) {
      if (entry.offered && entry.attempt > 0) text += `${text === "" ? "" : ","}"${id}":${entry.attempt + 1}`;
    }
    return `{${text}}`;
  }

  #settle(
    id: string,
    op: string,
    entry: { readonly status: string; readonly value: string | null; readonly failure: string | null },
  ): void {
    this.#settled.set(id, op);
    // No code asks for it.
    if (op === "compensate") {
      this.#show(null);
      return;
    }
    const ref = entry.status === "ok" ? refOf(entry.value) : null;
    if (ref !== null) this.#byRef ??= new SettledText(this.#inline);
    this.#show(memoEntryText(id, op, entry), ref === null ? undefined : memoEntryByRef(id, op, ref));
  }

  #show(entry: string | null, byRef = entry): void {
    this.#inline.add(entry);
    this.#byRef?.add(byRef);
  }
}
