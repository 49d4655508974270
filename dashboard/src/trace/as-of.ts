// What was, at an instant: what came later is not there yet, and what ended later went on.
import type { Span } from "./span.ts";

export type Then = "done" | "open" | "later";

export function stateAt({ startMs, endMs }: Pick<Span, "startMs" | "endMs">, atMs: number): Then {
  if (startMs > atMs) return "later";
  return endMs !== null && endMs <= atMs ? "done" : "open";
}
