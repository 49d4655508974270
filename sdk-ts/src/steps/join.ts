// What `parallel` and `race` share: branches beside each other, until it is decided whose results count.

import { NonRetriableError } from "../errors.ts";
import { Scope } from "../execution/scope.ts";
import { idOf } from "../execution/step-ids.ts";
import { refusal } from "../execution/turn/quiet-promise.ts";
import type { Turn } from "../execution/turn.ts";
import { generatorProblem } from "../generator-problem.ts";
import { shown } from "../options.ts";
import type { Branches } from "./branches.ts";
import type { Step } from "./step.ts";

export type StepIn = (scope: Scope) => Step;

/** A branch that has ended. */
export type Ended = {
  readonly key: string;
  readonly index: number;
} & ({ readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown });

export interface Join<Value> {
  readonly name: string;
  readonly branches: Branches;
  /** Steps of the branches become tasks: no branch waits for the slowest step of another. */
  readonly plans: boolean;
  /** Looks at what has ended, in that order: null when that decides nothing yet. */
  judge(ended: readonly Ended[], total: number): Verdict<Value> | null;
}

/** `losers`: false when all branches were wanted and have come; there is nothing to cancel. */
export type Verdict<Value> = { readonly losers: boolean } & (
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: unknown }
);

/** A mistake in what it is given, too, comes to who awaits it. */
export function joining<Value>(begin: () => Promise<Value>): Promise<Value> {
  try {
    return begin();
  } catch (error) {
    return refusal(error);
  }
}

/** @throws NonRetriableError when they are no list and no object. */
export function checkBranches(what: "step.parallel" | "step.race", branches: unknown): void {
  if (typeof branches === "object" && branches !== null) return;
  const hint = typeof branches === "string" ? ` A name goes into the options: ${what}([...], { name }).` : "";
  throw new NonRetriableError(
    `${what}: the branches are a list or an object of functions, not ${shown(branches)}.${hint}`,
  );
}

export function noBranch(name: string): NonRetriableError {
  return new NonRetriableError(`Join "${name}": there is no branch to wait for.`);
}

export function runJoin<Value>(turn: Turn, stepIn: StepIn, join: Join<Value>): Promise<Value> {
  const { name, branches, plans, judge } = join;
  const entries = Object.entries(branches);
  if (entries.length === 0) throw noBranch(name);
  const problem = problemOf(entries);
  if (problem !== null) throw new NonRetriableError(`Join "${name}": ${problem}`);
  const point = turn.joins.open(name);
  const ended: Ended[] = [];
  const open = new Map<string, Scope | Promise<unknown>>();
  const promise = new Promise<Value>((resolve, reject) => {
    let isDecided = false;
    const end = (branch: Ended) => {
      if (isDecided) return;
      ended.push(branch);
      open.delete(branch.key);
      const verdict = judge(ended, entries.length);
      if (verdict === null) return;
      isDecided = true;
      if (verdict.losers) {
        const winners = ended.filter(({ ok }) => ok === verdict.ok).map(({ key }) => key);
        turn.joins.decide(point, [...open.values()], winners);
      }
      if (verdict.ok) resolve(verdict.value);
      else reject(verdict.error);
    };
    for (const [index, [key, branch]] of entries.entries()) {
      const started = typeof branch === "function" ? undefined : branch;
      const scope = new Scope(idOf(point.id, key, 0), point.scope, plans);
      open.set(key, started ?? scope);
      // Steps of the outer `step` that a branch uses stand where that one stands, not in the branch.
      const result =
        started ??
        turn.within(point.scope, async () => (branch as (step: Step) => unknown)(stepIn(scope)), point);
      result.then(
        (value) => end({ key, index, ok: true, value }),
        (error) => end({ key, index, ok: false, error }),
      );
    }
  });
  promise.catch(() => {});
  return promise;
}

/** Found before any branch begins. */
function problemOf(entries: readonly [string, unknown][]): string | null {
  for (const [key, branch] of entries) {
    const ofBranch = generatorProblem(branch);
    if (ofBranch !== null) return `its branch "${key}" ${ofBranch}`;
    const isPromise = typeof (branch as PromiseLike<unknown> | null | undefined)?.then === "function";
    if (typeof branch !== "function" && !isPromise) {
      return `its branch "${key}" is neither a function nor the promise of a step.`;
    }
  }
  return null;
}
