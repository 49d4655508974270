import type { Turn } from "../execution/turn.ts";
import type { Branches, Winner } from "./branches.ts";
import { checkOptions } from "./checked-options.ts";
import { checkBranches, joining, runJoin, type StepIn } from "./join.ts";
import { winnerOf } from "./parallel.ts";

/** How the branches of a race run. */
export interface RaceOptions {
  /** Shown in the trace. Default "race". */
  readonly name?: string | undefined;
  /** Default true: each `step.run` of a branch is a request of its own, so that none waits for the slowest. */
  readonly fanOut?: boolean | undefined;
}

/**
 * `step.race(branches)`: the result of the branch that ends first, or its error. What the others still have open is
 * cancelled at once: their steps, timers and waits.
 */
export type Race = <const All extends Branches>(branches: All, options?: RaceOptions) => Promise<Winner<All>>;

export function makeRace(turn: Turn, stepIn: StepIn): Race {
  const race = <All extends Branches>(branches: All, options: RaceOptions = {}) => {
    checkBranches("step.race", branches);
    checkOptions("A join", "step.race", options, ["name", "fanOut"]);
    const { name = "race", fanOut = true } = options;
    return runJoin<Winner<All>>(turn, stepIn, {
      name,
      branches,
      plans: fanOut,
      judge: ([first]) => {
        if (first === undefined) return null;
        return first.ok
          ? { losers: true, ok: true, value: winnerOf(branches, first) }
          : { losers: true, ok: false, error: first.error };
      },
    });
  };
  return (branches, options) => joining(() => race(branches, options));
}
