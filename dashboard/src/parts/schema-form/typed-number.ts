import { ExactNumber } from "../../api/exact-json.ts";

const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** What a text means in a field of numbers: nothing, a number as it was written, or the text itself, which the engine then refuses. */
export function numberTyped(text: string): unknown {
  const trimmed = text.trim().replace(/^\+/, "");
  if (trimmed === "") return undefined;
  if (!NUMBER.test(trimmed)) return text;
  const number = Number(trimmed);
  return /^-?\d+$/.test(trimmed) && !Number.isSafeInteger(number) ? new ExactNumber(trimmed) : number;
}

export function numberShown(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (value instanceof ExactNumber) return value.source;
  return typeof value === "number" || typeof value === "string" ? String(value) : JSON.stringify(value);
}
