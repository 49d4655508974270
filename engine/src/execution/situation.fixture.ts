import { stepId } from "@durable/protocol/wire";
import { DEFAULT_RETRY } from "../domain/backoff.ts";
import type { JournalEntry } from "../store/journals.ts";
import type { Memo } from "./memo.ts";
import type { Situation } from "./situation.ts";

/** Of the first step of this name in the handler. */
export const idOf = (name: string) => stepId("", name, 0);

/** A step that has run and settled, unless told. */
export function journalEntry(name: string, rest: Partial<JournalEntry> = {}): JournalEntry {
  return {
    stepId: idOf(name),
    seq: 1,
    op: "run",
    name,
    n: 0,
    status: "ok",
    value: "1",
    failure: null,
    attempt: 1,
    isHeldBack: false,
    taskKind: null,
    asked: null,
    resumedAfter: 0,
    elapsedMs: 0,
    isOwed: false,
    isFolded: false,
    ...rest,
  };
}

/** What such an entry is before it has run. */
export const UNSETTLED = { seq: null, status: "pending", value: null, attempt: 0 } as const;

/** A run of "shop" with this memo, whose delays are not spread. */
export function situationWith(memo: Memo, rest: Partial<Situation> = {}): Situation {
  return {
    memo,
    state: null,
    retry: { ...DEFAULT_RETRY, jitter: false },
    runAttempt: 0,
    transportAttempt: 0,
    random: () => 0.5,
    newEventId: () => "018f0000-0000-7000-8000-000000000000",
    app: "shop",
    environment: "dev",
    functions: new Map(),
    depth: 0,
    ...rest,
  };
}
