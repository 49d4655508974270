// Where the next page of a memo begins. Made for an app to hand back; whatever it makes of it, it sees its own run only.

/** Positions in a run's journal, which never change: the page begins after the one and ends, with all others, at the other. */
export interface MemoCursor {
  readonly after: number;
  /** The head of the journal that the dispatch shows. What settles later is not part of its memo. */
  readonly upTo: number;
}

export function cursorText({ after, upTo }: MemoCursor): string {
  return `${after}.${upTo}`;
}

/** Null for what is no cursor. */
export function readCursor(text: string): MemoCursor | null {
  const [, after, upTo] = /^(\d{1,9})\.(\d{1,9})$/.exec(text) ?? [];
  return after === undefined ? null : { after: Number(after), upTo: Number(upTo) };
}
