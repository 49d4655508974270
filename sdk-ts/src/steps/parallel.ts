import { JoinError, NonRetriableError } from "../errors.ts";
import type { Turn } from "../execution/turn.ts";
import { shown } from "../options.ts";
import type { Branches, Results, ValueOf, Winner } from "./branches.ts";
import { checkOptions } from "./checked-options.ts";
import { checkBranches, type Ended, joining, noBranch, runJoin, type StepIn, type Verdict } from "./join.ts";

/** What decides a join of branches, and how they run. */
export interface ParallelOptions<Wanted extends "all" | "first" | number = "all" | "first" | number> {
  /** How many branches must succeed. Default "all". */
  readonly join?: Wanted | undefined;
  /** Shown in the trace. Default "parallel". */
  readonly name?: string | undefined;
  /**
   * Each `step.run` of a branch is a request of its own instead of sharing one. Default: false for "all", true
   * otherwise, since there no branch should wait for the slowest.
   */
  readonly fanOut?: boolean | undefined;
}

/**
 * `step.parallel(branches, { join })`: branches beside each other.
 * - "all" (default): all results; the first error ends it.
 * - "first": the first success.
 * - a number: so many successes, in the order in which they came; of named branches, by name.
 *
 * Once it is decided, what the other branches still have open is cancelled. When too few can still succeed it fails at
 * once with a `JoinError`, whose `errors` are all that came.
 */
export interface Parallel {
  <const All extends Branches>(branches: All, options?: ParallelOptions<"all">): Promise<Results<All>>;
  <const All extends Branches>(branches: All, options: ParallelOptions<"first">): Promise<Winner<All>>;
  <const All extends Branches>(
    branches: All,
    options: ParallelOptions<number>,
  ): Promise<All extends readonly unknown[] ? ValueOf<All[number]>[] : Partial<Results<All>>>;
}

export function makeParallel(turn: Turn, stepIn: StepIn): Parallel {
  const parallel = (branches: Branches, options: ParallelOptions = {}): Promise<unknown> => {
    checkBranches("step.parallel", branches);
    checkOptions("A join", "step.parallel", options, ["join", "name", "fanOut"]);
    const { join = "all", name = "parallel", fanOut = join !== "all" } = options;
    const total = Object.keys(branches).length;
    if (total === 0 && join !== "all" && join !== 0) throw noBranch(name);
    const wanted = join === "all" ? total : join === "first" ? 1 : join;
    if (!(Number.isInteger(wanted) && wanted >= Math.min(1, total) && wanted <= total)) {
      throw new NonRetriableError(
        `Join "${name}": "join" is "all", "first" or a number of branches from 1 to ${total}, not ${shown(join)}.`,
      );
    }
    if (total === 0) return Promise.resolve(branches);
    const judge = (ended: readonly Ended[]): Verdict<unknown> | null => {
      const won = ended.filter((branch) => branch.ok);
      const lost = ended.filter((branch) => !branch.ok);
      if (won.length === wanted) {
        const value =
          join === "first" ? winnerOf(branches, won[0]!) : collected(branches, won, join === "all");
        return { losers: join !== "all", ok: true, value };
      }
      if (total - lost.length >= wanted) return null;
      // Who wants all of them wants to know what went wrong, not that something did.
      const error = join === "all" ? lost[0]!.error : joinError(name, wanted, total, lost.sort(byIndex));
      return { losers: true, ok: false, error };
    };
    return runJoin(turn, stepIn, { name, branches, plans: fanOut, judge });
  };
  return ((branches, options) => joining(() => parallel(branches, options))) as Parallel;
}

export function winnerOf<All extends Branches>(branches: All, { key, value }: Extract<Ended, { ok: true }>) {
  return (Array.isArray(branches) ? value : { branch: key, value }) as Winner<All>;
}

function collected(
  branches: Branches,
  won: readonly Extract<Ended, { ok: true }>[],
  inOrder: boolean,
): unknown {
  const all = inOrder ? [...won].sort(byIndex) : won;
  if (Array.isArray(branches)) return all.map(({ value }) => value);
  return Object.fromEntries(all.map(({ key, value }) => [key, value]));
}

function byIndex(a: Ended, b: Ended): number {
  return a.index - b.index;
}

function joinError(
  name: string,
  wanted: number,
  total: number,
  lost: readonly Extract<Ended, { ok: false }>[],
): JoinError {
  const reasons = lost.map(({ key, error }) => `${key}: ${sentence(error)}`).join("; ");
  return new JoinError(
    lost.map(({ error }) => error),
    `Join "${name}" wants ${wanted} of ${total} branches, and only ${total - lost.length} can still succeed. ${reasons}`,
    { cause: lost[0]!.error },
  );
}

function sentence(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
