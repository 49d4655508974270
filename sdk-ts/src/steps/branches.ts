import type { Step } from "./step.ts";

/**
 * One branch: a function that is given steps of its own, or a promise of a step that is started already. The ids of a
 * function's steps do not depend on how the other branches get on.
 */
export type ParallelBranch<Value = unknown> = ((step: Step) => Promise<Value> | Value) | Promise<Value>;

/** In order, or by name: a name is shown in the trace, and keeps the ids of a branch when others come or go. */
export type Branches = readonly ParallelBranch[] | Readonly<Record<string, ParallelBranch>>;

export type ValueOf<Each> = Each extends (step: Step) => infer Result ? Awaited<Result> : Awaited<Each>;

/** All results, in the shape of the branches. */
export type Results<All extends Branches> = { -readonly [Key in keyof All]: ValueOf<All[Key]> };

/** The value of the branch that won; of named branches, with its name. */
export type Winner<All extends Branches> = All extends readonly ParallelBranch[]
  ? ValueOf<All[number]>
  : { [Key in keyof All & string]: { readonly branch: Key; readonly value: ValueOf<All[Key]> } }[keyof All &
      string];
