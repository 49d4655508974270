import { ExactNumber, parseExactly } from "../../api/exact-json.ts";

/** Whose things are meant, as it was typed: a path into the data of events, and the value there. */
export interface Owner {
  readonly path: string;
  readonly value: string;
}

export const NOBODY: Owner = { path: "", value: "" };

type Scalar = string | number | boolean;

/** A number, true, false or a quoted text by JSON; everything else is the text itself. Numbers of 64 bits stay what they are. */
export function scalarOf(text: string): Scalar {
  try {
    const value = parseExactly(text);
    const isScalar = ["number", "boolean", "string"].includes(typeof value) || value instanceof ExactNumber;
    return isScalar ? (value as Scalar) : text;
  } catch {
    return text;
  }
}
