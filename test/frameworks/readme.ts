// README.md is what is tested here: its snippets and commands are taken out and run as a reader would.

import { readFileSync } from "node:fs";
import { snippetsOf } from "./snippets.ts";

const text = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

export const snippets = snippetsOf("README.md");

/** The one line of a shell block that begins so. */
export function commandLike(beginning: string): string {
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block]) => block!.split("\n"));
  const found = blocks.filter((line) => line.startsWith(beginning));
  if (found.length !== 1) throw new Error(`README.md has ${found.length} commands that begin ${beginning}`);
  // What follows # is for people.
  return found[0]!.replace(/\s+#.*$/, "");
}
