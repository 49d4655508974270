import { readFileSync } from "node:fs";

export interface Vector<Input, Expected> {
  readonly name: string;
  readonly input: Input;
  readonly expected: Expected;
}

/** The vectors of one file; every language tests itself with the same. */
export function readVectors<Input, Expected>(file: string): Vector<Input, Expected>[] {
  return JSON.parse(readFileSync(new URL(`../vectors/${file}`, import.meta.url), "utf8"));
}
