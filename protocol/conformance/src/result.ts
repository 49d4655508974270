import type { Level } from "./case.ts";
import type { TapeLine } from "./tape.ts";

export type Status = "PASSED" | "FAILED" | "NOT_IMPLEMENTED";

/** What the kit says of one case. */
export interface Result {
  /** Of the case; with a mutation `L0-loop@twice`. */
  readonly id: string;
  readonly level: Level;
  readonly says: string;
  readonly status: Status;
  /** Why it is not implemented. */
  readonly reason?: string;
  /** What was wrong, a sentence each. */
  readonly flaws: readonly string[];
  readonly ms: number;
  readonly requests: number;
  readonly bytes: number;
  /** Of a failure: what was said, in order. */
  readonly tape?: readonly TapeLine[];
}

export interface Report {
  /** Cases were chosen by name: the results say nothing of a level. */
  readonly isPart: boolean;
  readonly url: string;
  readonly sdk: string;
  readonly capabilities: readonly string[];
  readonly results: readonly Result[];
  readonly ms: number;
}

export function countOf({ results }: Pick<Report, "results">, status: Status): number {
  return results.filter((result) => result.status === status).length;
}

/** The highest level of which nothing failed and something passed, with all levels below; null when level 0 is not whole, or not all was asked. */
export function levelOf({ results, isPart }: Pick<Report, "results" | "isPart">): Level | null {
  if (isPart) return null;
  let reached: Level | null = null;
  for (const level of [0, 1, 2] as const) {
    const own = results.filter((result) => result.level === level);
    const isWhole =
      own.some(({ status }) => status === "PASSED") && own.every(({ status }) => status !== "FAILED");
    if (!isWhole) return reached;
    reached = level;
  }
  return reached;
}
