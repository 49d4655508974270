import type { CSSProperties } from "react";
import { PHASE, type Phase } from "../words/phase.ts";

type Fill = (color: string) => CSSProperties;

/** Beside its colour each phase has a pattern: what is no work is told without colours too. */
const FILLS: Readonly<Record<(typeof PHASE)[Phase]["pattern"], Fill>> = {
  solid: (color) => ({ backgroundColor: color }),
  hatched: (color) => ({
    backgroundImage: `repeating-linear-gradient(135deg, ${color} 0 3px, color-mix(in srgb, ${color} 45%, transparent) 3px 6px)`,
  }),
  dotted: (color) => ({
    backgroundColor: `color-mix(in srgb, ${color} 50%, transparent)`,
    backgroundImage: `radial-gradient(${color} 1.2px, transparent 1.4px)`,
    backgroundSize: "5px 5px",
  }),
  outlined: (color) => ({
    backgroundColor: `color-mix(in srgb, ${color} 30%, transparent)`,
    boxShadow: `inset 0 0 0 1px ${color}`,
  }),
};

export function fillOf(phase: Phase): CSSProperties {
  const { pattern, color } = PHASE[phase];
  return FILLS[pattern](color);
}
