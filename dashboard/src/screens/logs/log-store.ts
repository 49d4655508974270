// Lines as they come, the latest hundred thousand, and which of them are shown. What is shown is kept up with every line and made anew
// only when the filter changes. Pure but for being kept.
import type { AnswerOf } from "@durable/engine/api";
import { plainText } from "../../words/ansi.ts";
import { LEVELS } from "./logs-search.ts";

export type LogSaid = AnswerOf<"listRunLogs">["logs"][number];

export interface LogLine extends LogSaid {
  /** In the order in which they came here, from 1; of older ones that were asked for afterwards backwards from 0. */
  readonly no: number;
}

export interface LogFilter {
  readonly level: (typeof LEVELS)[number];
  /** In lower case. */
  readonly text: string;
}

export const LINES_MAX = 100_000;
/** So many are dropped together, so that it is seldom done. */
const DROPPED_TOGETHER = 10_000;

export class LogStore {
  #lines: LogLine[] = [];
  #shown: LogLine[] = [];
  #filter: LogFilter = { level: "debug", text: "" };
  #no = 0;
  #firstNo = 1;
  #dropped = 0;
  /** Of lines that are there: one that comes twice, by the stream and asked for, is one. */
  readonly #ids = new Set<string>();

  get total(): number {
    return this.#lines.length;
  }

  /** Lines that came and are not there any more. */
  get dropped(): number {
    return this.#dropped;
  }

  get lastNo(): number {
    return this.#no;
  }

  /** @returns whether there was anything new. */
  add(said: readonly LogSaid[]): boolean {
    const before = this.#no;
    for (const line of said) {
      if (this.#isKnown(line)) continue;
      this.#no += 1;
      const kept = { ...line, no: this.#no };
      this.#lines.push(kept);
      if (fits(kept, this.#filter)) this.#shown.push(kept);
    }
    if (this.#lines.length > LINES_MAX + DROPPED_TOGETHER) this.#drop();
    return this.#no > before;
  }

  /** The newest of them first, as they are answered. */
  addOlder(said: readonly LogSaid[]): boolean {
    const older: LogLine[] = [];
    for (const line of said) {
      if (this.#isKnown(line)) continue;
      this.#firstNo -= 1;
      older.unshift({ ...line, no: this.#firstNo });
    }
    this.#lines = [...older, ...this.#lines];
    this.#shown = [...older.filter((line) => fits(line, this.#filter)), ...this.#shown];
    return older.length > 0;
  }

  #isKnown({ id }: LogSaid): boolean {
    if (this.#ids.has(id)) return true;
    this.#ids.add(id);
    return false;
  }

  setFilter(filter: LogFilter): void {
    if (filter.level === this.#filter.level && filter.text === this.#filter.text) return;
    this.#filter = filter;
    this.#shown = this.#lines.filter((line) => fits(line, filter));
  }

  /** Those that fit, oldest first, up to a line; without one: all. */
  shownTo(no: number | null): readonly LogLine[] {
    if (no === null || this.#shown.length === 0 || this.#shown.at(-1)!.no <= no) return this.#shown;
    return this.#shown.slice(0, this.#countTo(no));
  }

  /** How many that fit came after a line. */
  countAfter(no: number): number {
    return this.#shown.length - this.#countTo(no);
  }

  #countTo(no: number): number {
    let [low, high] = [0, this.#shown.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#shown[middle]!.no <= no) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #drop(): void {
    const gone = this.#lines.splice(0, this.#lines.length - LINES_MAX);
    for (const { id } of gone) this.#ids.delete(id);
    this.#dropped += gone.length;
    const first = this.#lines[0]!.no;
    this.#shown = this.#shown.filter(({ no }) => no >= first);
  }
}

function fits({ level, message, step, data }: LogLine, filter: LogFilter): boolean {
  if (LEVELS.indexOf(level) < LEVELS.indexOf(filter.level)) return false;
  if (filter.text === "") return true;
  if (plainText(message).toLowerCase().includes(filter.text) || step.name.toLowerCase().includes(filter.text))
    return true;
  return data !== null && data !== undefined && JSON.stringify(data).toLowerCase().includes(filter.text);
}

/** The first line of a text, and how many there are below it. */
export function foldedText(text: string): { readonly first: string; readonly more: number } {
  const end = text.indexOf("\n");
  if (end === -1) return { first: text, more: 0 };
  return { first: text.slice(0, end), more: text.trimEnd().split("\n").length - 1 };
}
