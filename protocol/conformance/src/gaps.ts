// What an SDK does not do, declared with a reason in a file beside its fixture: `{"L1-race": "PHP has no ..."}`.

import { readFileSync } from "node:fs";
import type { Result } from "./result.ts";

export type Gaps = Readonly<Record<string, string>>;

/** @throws Error with a sentence that says what the file should hold. */
export function readGaps(path: string): Gaps {
  let read: unknown;
  try {
    read = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new Error(`${path} cannot be read as JSON: ${(error as Error).message}`);
  }
  const isRecord = typeof read === "object" && read !== null && !Array.isArray(read);
  if (
    !isRecord ||
    !Object.values(read as object).every((reason) => typeof reason === "string" && reason.trim() !== "")
  ) {
    throw new Error(
      `${path} should be one object of case -> reason, such as {"L1-race": "There is no race yet."}.`,
    );
  }
  return read as Gaps;
}

/** A declared failure is no failure; a declared case that passes is one: the declaration is stale. */
export function declared(result: Result, gaps: Gaps): Result {
  const reason = gaps[result.id];
  if (reason === undefined) return result;
  switch (result.status) {
    case "FAILED": {
      const { tape: _, ...rest } = result;
      return { ...rest, status: "NOT_IMPLEMENTED", reason, flaws: [] };
    }
    case "NOT_IMPLEMENTED":
      return { ...result, reason };
    case "PASSED":
      return {
        ...result,
        status: "FAILED",
        flaws: [`it passes, and is declared as a gap ("${reason}"): take the line out of the file of gaps`],
      };
  }
}

/** Declarations that name no case there is. */
export function strangers(gaps: Gaps, known: ReadonlySet<string>): Result[] {
  return Object.keys(gaps)
    .filter((id) => !known.has(id))
    .map((id) => ({
      id,
      level: 0,
      says: "Every declared gap is a case.",
      status: "FAILED",
      flaws: ["the file of gaps names it, and there is no such case (--list shows them)"],
      ms: 0,
      requests: 0,
      bytes: 0,
    }));
}
