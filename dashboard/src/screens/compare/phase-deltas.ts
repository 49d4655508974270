import type { Phase } from "../../words/phase.ts";

export interface PhaseDelta {
  readonly phase: Phase;
  readonly aMs: number;
  readonly bMs: number;
}

type Sums = readonly { readonly phase: Phase; readonly ms: number }[];

/** Each phase that one of them has, the greatest difference first. */
export function phaseDeltas(a: Sums, b: Sums): PhaseDelta[] {
  const deltas = new Map<Phase, { aMs: number; bMs: number }>();
  const of = (phase: Phase) => {
    const delta = deltas.get(phase) ?? { aMs: 0, bMs: 0 };
    deltas.set(phase, delta);
    return delta;
  };
  for (const { phase, ms } of a) of(phase).aMs += ms;
  for (const { phase, ms } of b) of(phase).bMs += ms;
  return [...deltas]
    .map(([phase, delta]) => ({ phase, ...delta }))
    .sort((x, y) => Math.abs(y.bMs - y.aMs) - Math.abs(x.bMs - x.aMs));
}
