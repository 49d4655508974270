// The text that finds runs, `status:failed function:pay after:2h`, as terms that can be looked at and changed. What it means is the
// engine's to say; here it is only taken apart as the engine does, so that pills, bars and suggestions change what a person typed.

export interface Term {
  /** Null of a bare id. */
  readonly name: string | null;
  readonly value: string;
  /** In the text. */
  readonly start: number;
  readonly end: number;
}

const TERM = /(?:([A-Za-z][\w.-]*):)?(?:"((?:[^"\\]|\\.)*)"?|([^\s"]\S*))?/y;

export function termsOf(text: string): Term[] {
  const terms: Term[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at]!)) {
      at += 1;
      continue;
    }
    TERM.lastIndex = at;
    const [whole, name, quoted, bare] = TERM.exec(text)!;
    if (whole === "") {
      at += 1;
      continue;
    }
    const value = quoted === undefined ? (bare ?? "") : quoted.replace(/\\(.)/g, "$1");
    terms.push({ name: name ?? null, value, start: at, end: at + whole.length });
    at += whole.length;
  }
  return terms;
}

export function termValue(text: string, name: string): string | null {
  return termsOf(text).find((term) => term.name === name)?.value ?? null;
}

/** The text with this term, in its place where there was one; without it where the value is null. */
export function withTerm(text: string, name: string, value: string | null): string {
  const old = termsOf(text).find((term) => term.name === name);
  const term = value === null ? "" : `${name}:${quotedWhereNeeded(value)}`;
  const changed =
    old === undefined ? `${text} ${term}` : text.slice(0, old.start) + term + text.slice(old.end);
  return changed.replaceAll(/\s+/g, " ").trim();
}

export function quotedWhereNeeded(value: string): string {
  return value === "" || /[\s"]/.test(value) ? `"${value.replaceAll(/["\\]/g, "\\$&")}"` : value;
}

export function statusesOf(text: string): readonly string[] {
  return termValue(text, "status")?.split(",").filter(Boolean) ?? [];
}

/** With the status in, or out where it was in. */
export function withStatusToggled(text: string, status: string): string {
  const statuses = statusesOf(text);
  const others = statuses.filter((each) => each !== status);
  const next = others.length === statuses.length ? [...statuses, status] : others;
  return withTerm(text, "status", next.length === 0 ? null : next.join(","));
}

interface Judged {
  readonly status: string;
  readonly function: string;
}

/** Whether a run fits, where the page itself can tell: filters by status and function alone. Null: only the engine can. */
export function judgeOf(text: string): ((run: Judged) => boolean) | null {
  const terms = termsOf(text);
  if (terms.some(({ name }) => name !== "status" && name !== "function")) return null;
  const statuses = statusesOf(text);
  const fn = termValue(text, "function");
  return (run) =>
    (statuses.length === 0 || statuses.includes(run.status)) && (fn === null || run.function === fn);
}
