// Options with a word that nobody reads do nothing, silently: a `retries` that is called `retry`, a `compensation` that
// never runs. The compiler says so where it can; this says it to everybody else.

/**
 * What is wrong with options, to follow who was given them; null when nothing is.
 * @param members What they may have.
 */
export function optionsProblem(options: unknown, members: readonly string[]): string | null {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    return `takes an object ({ ${members.join(", ")} }), not ${shown(options)}.`;
  }
  const unknown = Object.keys(options).find((member) => !members.includes(member));
  return unknown === undefined
    ? null
    : `has no option ${JSON.stringify(unknown)}. It takes ${members.join(", ")}.`;
}

const CHARACTERS_MAX = 100;

/** Whatever it is, short enough for a sentence. */
export function shown(value: unknown): string {
  const text = typeof value === "function" ? "a function" : textOf(value);
  return text.length > CHARACTERS_MAX ? `${text.slice(0, CHARACTERS_MAX)}...` : text;
}

function textOf(value: unknown): string {
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
