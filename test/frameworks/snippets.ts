import { readFileSync } from "node:fs";

export interface Snippet {
  readonly file: string;
  /** Null for files that every app has. */
  readonly framework: string | null;
  readonly code: string;
}

/** The blocks of a page of this repository that open with ```ts file=server.ts express */
export function snippetsOf(page: string): readonly Snippet[] {
  const text = readFileSync(new URL(`../../${page}`, import.meta.url), "utf8");
  return [...text.matchAll(/^```\w+ file=(\S+)(?: (\S+))?\n([\s\S]*?)^```$/gm)].map(
    ([, file, framework, code]) => ({ file: file!, framework: framework ?? null, code: code! }),
  );
}

/** The code of a snippet with one thing in it changed. @throws Error where it stands there not at all, or twice. */
export function replaceOnce(code: string, from: string, to: string): string {
  if (code.split(from).length !== 2)
    throw new Error(`The snippet does not have ${JSON.stringify(from)} once`);
  return code.replace(from, to);
}
