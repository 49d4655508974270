import { stripVTControlCharacters } from "node:util";

const SEQUENCE = /\x1b\[[0-9;]*m/y;
const RESET = "\x1b[0m";

/** Columns a line takes. Every character we print ourselves takes one; user text is cut, so a wide one costs little. */
export function widthOf(line: string): number {
  return [...stripVTControlCharacters(line)].length;
}

/**
 * The line, at most `width` columns wide. A longer one would wrap, and redrawing in place counts lines: one that
 * wraps would leave its second half behind in every frame.
 */
export function fit(line: string, width: number): string {
  if (widthOf(line) <= width) return line;
  let out = "";
  let columns = 0;
  for (let at = 0; at < line.length && columns < width - 1; ) {
    SEQUENCE.lastIndex = at;
    const sequence = SEQUENCE.exec(line)?.[0];
    const piece = sequence ?? String.fromCodePoint(line.codePointAt(at)!);
    out += piece;
    at += piece.length;
    if (sequence === undefined) columns += 1;
  }
  return `${out}…${line.includes("\x1b") ? RESET : ""}`;
}

/** Text of others (names, messages) in one line without anything a terminal would obey. */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .trim();
}

export function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - widthOf(text)));
}
