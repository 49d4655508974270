import { NonRetriableError } from "../errors.ts";
import { GroupScope, Scope } from "../execution/scope.ts";
import { idOf } from "../execution/step-ids.ts";
import type { JoinPoint, Turn } from "../execution/turn.ts";
import { toJson } from "../execution/value.ts";
import type { Jsonify } from "../json.ts";
import type { StepIn } from "./join.ts";
import type { Step } from "./step.ts";

export interface ForEachOptions {
  /** Items under way at the same time. Default 1: one after the other. */
  readonly concurrency?: number | undefined;
}

type EachItem<Item, Value> = (item: Item, index: number, step: Step) => Promise<Value> | Value;

/**
 * `step.forEach(items, fn, { concurrency })`: calls `fn(item, index, step)` for each item and resolves to the results
 * in the order of the items, as JSON. Use the `step` it is given: names count per item. Thousands of items are fine:
 * of every hundred that are done only the results are kept at hand. After a crash it goes on with the items that are
 * not done. The first error ends it, as with `Promise.all`. A name may come first; it is shown in the trace.
 */
export interface ForEach {
  <Item, Value>(
    items: readonly Item[],
    fn: EachItem<Item, Value>,
    options?: ForEachOptions,
  ): Promise<Jsonify<Value>[]>;
  <Item, Value>(
    name: string,
    items: readonly Item[],
    fn: EachItem<Item, Value>,
    options?: ForEachOptions,
  ): Promise<Jsonify<Value>[]>;
}

/** Part of the ids of what is recorded: it never changes. */
const GROUP_ITEMS = 100;

export function makeForEach(turn: Turn, stepIn: StepIn): ForEach {
  return ((...args: unknown[]) => {
    const [name, items, fn, options] = typeof args[0] === "string" ? args : ["forEach", ...args];
    return forEach(turn, stepIn, name as string, items, fn, options as ForEachOptions | undefined);
  }) as ForEach;
}

async function forEach(
  turn: Turn,
  stepIn: StepIn,
  name: string,
  items: unknown,
  fn: unknown,
  { concurrency = 1 }: ForEachOptions = {},
): Promise<unknown[]> {
  const problem = problemOf(items, fn, concurrency);
  if (problem !== null) throw new NonRetriableError(`forEach "${name}": ${problem}`);
  const point = turn.openJoin(name);
  const loop = { turn, stepIn, name, point, concurrency, items: items as unknown[], fn: fn as Loop["fn"] };
  const results: unknown[] = [];
  for (let first = 0; first < loop.items.length; first += GROUP_ITEMS) {
    results.push(...(await runGroup(loop, first, Math.min(first + GROUP_ITEMS, loop.items.length))));
  }
  return results;
}

function problemOf(items: unknown, fn: unknown, concurrency: unknown): string | null {
  if (!Array.isArray(items)) return "what it goes through must be an array.";
  if (typeof fn !== "function") return "it needs a function that is called with each item.";
  if (Number.isInteger(concurrency) && (concurrency as number) >= 1) return null;
  return `"concurrency" is a whole number from 1, not ${String(concurrency)}.`;
}

interface Loop {
  readonly turn: Turn;
  readonly stepIn: StepIn;
  readonly name: string;
  readonly point: JoinPoint;
  readonly concurrency: number;
  readonly items: readonly unknown[];
  readonly fn: EachItem<unknown, unknown>;
}

/** Once its items are done, the group is one entry with their results, and their steps leave the memo. */
async function runGroup(loop: Loop, first: number, end: number): Promise<unknown[]> {
  const { turn, point } = loop;
  const name = `${first}-${end - 1}`;
  const scope = new GroupScope(idOf(point.id, name, 0), point.scope);
  const ask = (begin: (id: string, n: number) => void) =>
    turn.within(point.scope, () => turn.ask<unknown[]>({ op: "group", name, scope: point.id }, begin));
  if (turn.isRecorded(scope.id)) return ask(() => {});
  const v = toJson(`forEach "${loop.name}" returned`, await runItems(loop, scope, first, end))!;
  // A step that can be undone must be found again when it is.
  if (scope.steps.size === 0 || scope.canBeUndone) return JSON.parse(v.text) as unknown[];
  return ask((id, n) =>
    turn.report({ op: "group", id, scope: point.id, name, n, v, folds: [...scope.steps] }),
  );
}

function runItems({ turn, stepIn, concurrency, items, fn }: Loop, group: Scope, first: number, end: number) {
  const results: unknown[] = new Array(end - first);
  let next = first;
  const work = async (): Promise<void> => {
    while (next < end) {
      const index = next;
      next += 1;
      const scope = new Scope(idOf(group.id, String(index), 0), group);
      results[index - first] = await turn.within(group, () => fn(items[index], index, stepIn(scope)));
    }
  };
  return Promise.all(Array.from({ length: Math.min(concurrency, end - first) }, work)).then(() => results);
}
