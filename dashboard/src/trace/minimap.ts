// All of a run in a few pixels: how much of each kind goes on at once, column by column.
import type { Phase } from "../words/phase.ts";
import { barsOf } from "./bars.ts";
import type { Forest } from "./forest.ts";
import type { Scale } from "./scale.ts";
import { isBad } from "./span.ts";

/** From the ground up: the code at work, what holds it up, what it waits for. */
export const LAYERS = ["work", "held", "rest"] as const;
export type Layer = (typeof LAYERS)[number];

const LAYER: Readonly<Record<Phase, Layer>> = {
  app: "work",
  network: "work",
  engine: "work",
  queue: "held",
  limit: "held",
  retry: "held",
  lost: "held",
  paused: "held",
  child: "rest",
  wait: "rest",
  sleep: "rest",
  begin: "rest",
  idle: "rest",
};

export interface Minimap {
  readonly counts: Readonly<Record<Layer, Float64Array>>;
  /** Something failed there. */
  readonly bad: Uint8Array;
  /** The highest column, all layers together. */
  readonly most: number;
}

export function minimapOf(forest: Forest, scale: Scale, columns: number): Minimap {
  const counts = {
    work: new Float64Array(columns + 1),
    held: new Float64Array(columns + 1),
    rest: new Float64Array(columns + 1),
  };
  const bad = new Uint8Array(columns);
  const columnOf = (ms: number) => Math.min(columns - 1, Math.max(0, Math.floor(scale.x(ms) * columns)));
  forest.spans.forEach((span, at) => {
    if (isBad(span)) bad[columnOf(span.endMs ?? scale.toMs)] = 1;
    if (span.parent !== null && span.kind === "attempt") return;
    if (span.kind === "limit") return;
    // A difference at each end: adding them up afterwards costs the same for a long bar and a short one.
    for (const { phase, fromMs, toMs } of barsOf(forest, at)) {
      const layer = counts[LAYER[phase]];
      layer[columnOf(fromMs)]! += 1;
      layer[columnOf(toMs ?? scale.toMs) + 1]! -= 1;
    }
  });
  let most = 1;
  for (const layer of LAYERS)
    for (let at = 1; at < columns; at += 1) counts[layer][at]! += counts[layer][at - 1]!;
  for (let at = 0; at < columns; at += 1)
    most = Math.max(most, counts.work[at]! + counts.held[at]! + counts.rest[at]!);
  return { counts, bad, most };
}
