import type { AnswerOf } from "../../http/contract/table.ts";
import { oneLine } from "../terminal/fit.ts";

type Shape = AnswerOf<"listShapes">["shapes"][number];
type Key = Shape["keys"][number];

/** A line for each of its keys. */
export function shapeRows(shape: Shape): string[][] {
  if (shape.keys.length === 0) return [[shape.name, "-", "nothing is remembered"]];
  return shape.keys.map((key, index) => [
    index === 0 ? shape.name : "",
    key.key === null ? "-" : oneLine(JSON.stringify(key.key)),
    SAID[shape.kind](key),
  ]);
}

const SAID: Readonly<Record<Shape["kind"], (key: Key) => string>> = {
  idempotency: ({ run, until }) => `duplicates are of run ${run} until ${until}`,
  debounce: ({ run, until, events }) =>
    events === null
      ? `run ${run} was for the first; no other before ${until}`
      : `run ${run} begins at ${until}, for the last of ${events}`,
  batch: ({ run, until, events, bytes }) =>
    `run ${run} begins at ${until}; ${events} events, ${bytes} bytes so far`,
  "rate-limit": ({ starts, next_start_at: next }) =>
    `${starts === null ? "" : `${starts} started in the period; `}${next === null ? "the next may start at once" : `the next may start at ${next}`}`,
  singleton: ({ run }) => `run ${run} holds it`,
};
