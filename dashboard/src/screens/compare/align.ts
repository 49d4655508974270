// The steps of two runs side by side. A step's id is made of its scope, its name and its occurrence, so the same step has the same id in both.
import type { Run } from "../../live/patches.ts";
import { isSameJson } from "./json-diff.ts";

export type Step = Run["steps"][number];

export interface AlignedStep {
  readonly id: string;
  readonly name: string;
  readonly n: number;
  readonly op: string;
  /** Null: that run has none of it. */
  readonly a: Step | null;
  readonly b: Step | null;
  readonly differs: {
    readonly status: boolean;
    readonly attempts: boolean;
    /** Result or failure. */
    readonly outcome: boolean;
  };
}

/** In the order of the first run; what only the second has stands behind what it came after there. */
export function alignSteps(a: readonly Step[], b: readonly Step[]): AlignedStep[] {
  const [byIdA, byIdB] = [
    new Map(a.map((step) => [step.id, step])),
    new Map(b.map((step) => [step.id, step])),
  ];
  const behind = new Map<string | null, Step[]>();
  let before: string | null = null;
  for (const step of b) {
    if (byIdA.has(step.id)) before = step.id;
    else behind.set(before, [...(behind.get(before) ?? []), step]);
  }
  const onlyB = (id: string | null) => (behind.get(id) ?? []).map((step) => align(null, step));
  return [
    ...onlyB(null),
    ...a.flatMap((step) => [align(step, byIdB.get(step.id) ?? null), ...onlyB(step.id)]),
  ];
}

function align(a: Step | null, b: Step | null): AlignedStep {
  const { id, name, n, op } = (a ?? b)!;
  const isOne = a === null || b === null;
  return {
    ...{ id, name, n, op, a, b },
    differs: {
      status: isOne || a.status !== b.status,
      attempts: !isOne && a.attempt !== b.attempt,
      outcome:
        !isOne &&
        (!isSameJson(a.value ?? null, b.value ?? null) || a.failure?.message !== b.failure?.message),
    },
  };
}

export function hasDifference({ differs }: AlignedStep): boolean {
  return differs.status || differs.attempts || differs.outcome;
}
