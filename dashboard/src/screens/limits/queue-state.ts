// What the runs that stand at a key say of it together. Pure.
import type { AnswerOf } from "@durable/engine/api";
import type { Gate, Limit } from "./limit-words.ts";

type RunListed = AnswerOf<"listRuns">["runs"][number];
type GateWait = NonNullable<NonNullable<RunListed["wait"]>["gate"]>;

export interface QueueState {
  /** Since when the one that waits longest has waited. */
  readonly oldestSince: string | null;
  /** From one start to the next. */
  readonly paceMs: number | null;
  /** When the next gets in, where that can be told. */
  readonly nextAt: string | null;
  /** Why it cannot. */
  readonly unknown: NonNullable<RunListed["wait"]>["starts_unknown"];
  readonly holders: GateWait["holders"];
  /** Runs that wait, those before others first. */
  readonly waiting: readonly { readonly run: string; readonly function: string; readonly position: number }[];
}

export function queueState(
  runs: readonly RunListed[],
  limit: Pick<Limit, "id">,
  gate: Pick<Gate, "key">,
): QueueState {
  const key = JSON.stringify(gate.key ?? null);
  const here = runs
    .filter(({ wait }) => wait?.gate?.limit.id === limit.id && JSON.stringify(wait.gate.key ?? null) === key)
    .sort((a, b) => a.wait!.gate!.position - b.wait!.gate!.position);
  const first = here[0]?.wait ?? null;
  const since = here.map(({ wait }) => wait!.since).filter((at) => at !== null);
  return {
    oldestSince: since.toSorted()[0] ?? null,
    paceMs: first?.gate?.pace_ms ?? null,
    nextAt: first?.starts_at ?? first?.gate?.opens_at ?? null,
    unknown: first?.starts_unknown ?? null,
    holders: first?.gate?.holders ?? [],
    waiting: here.map(({ id, function: functionId, wait }) => ({
      run: id,
      function: functionId,
      position: wait!.gate!.position,
    })),
  };
}

/** Why nobody can say when the next gets in. */
export const UNKNOWN: Readonly<Record<NonNullable<QueueState["unknown"]>, string>> = {
  closed: "The limit is 0, so nobody gets in.",
  never:
    "All places are held by runs that wait for those in this queue: none is ever freed. Cancel one of them.",
  far: "More runs are before it than are counted.",
  unmeasured: "Not known yet: no two places were freed while others waited.",
  stalled: "Not known: none was freed for ten times as long as usual. Look at who holds the places.",
  outside: "It is not the engine's to decide.",
};
