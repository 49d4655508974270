// Where the next page of a memo begins. Made for an app to hand back; whatever it makes of it, it sees its own run only.

import type { Shown } from "./memo-entry.ts";

/** Positions in a run's journal, which never change: the page begins after the one and ends, with all others, at the other. */
export interface MemoCursor {
  readonly after: number;
  /** The head of the journal that the dispatch shows. What settles later is not part of its memo. */
  readonly upTo: number;
  /** As the dispatch shows large values. */
  readonly shown: Shown;
}

export function cursorText({ after, upTo, shown }: MemoCursor): string {
  return `${after}.${upTo}${shown === "by-ref" ? ".r" : ""}`;
}

/** Null for what is no cursor. */
export function readCursor(text: string): MemoCursor | null {
  const [, after, upTo, byRef] = /^(\d{1,9})\.(\d{1,9})(\.r)?$/.exec(text) ?? [];
  if (after === undefined) return null;
  return { after: Number(after), upTo: Number(upTo), shown: byRef === undefined ? "inline" : "by-ref" };
}
