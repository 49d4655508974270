import { parseExactly } from "../../api/exact-json.ts";

/** What is going to be sent: its text is what counts, so that nothing a person typed gets lost. */
export interface Draft {
  readonly text: string;
  /** What the text means; while it is no JSON, what it meant last. */
  readonly value: unknown;
  /** Why the text is no JSON. */
  readonly flaw: string | null;
}

export function draftOfValue(value: unknown): Draft {
  return { text: JSON.stringify(value ?? null, null, 2), value: value ?? null, flaw: null };
}

export function draftOfText(text: string, before: Draft): Draft {
  if (text.trim() === "") return { text, value: null, flaw: null };
  try {
    return { text, value: parseExactly(text), flaw: null };
  } catch (error) {
    return { text, value: before.value, flaw: (error as Error).message };
  }
}
