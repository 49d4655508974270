import { VALUE_BYTES_MAX } from "@durable/protocol/wire";
import { NonRetriableError } from "../errors.ts";
import { GroupScope, Scope } from "../execution/scope.ts";
import { idOf } from "../execution/step-ids.ts";
import type { JoinPoint } from "../execution/turn/place.ts";
import type { Turn } from "../execution/turn.ts";
import { toJson } from "../execution/value.ts";
import { generatorProblem } from "../generator-problem.ts";
import type { Jsonify } from "../json.ts";
import { checkOptions } from "./checked-options.ts";
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
 * not done. The first error is thrown: no other item begins, and what those beside it have open is cancelled. A name may
 * come first; it is shown in the trace.
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
  options: ForEachOptions = {},
): Promise<unknown[]> {
  checkOptions(`forEach "${name}"`, "step.forEach", options, ["concurrency"]);
  const { concurrency = 1 } = options;
  const problem = problemOf(items, fn, concurrency);
  if (problem !== null) throw new NonRetriableError(`forEach "${name}": ${problem}`);
  const point = turn.joins.open(name);
  return runItems({
    turn,
    stepIn,
    name,
    point,
    concurrency,
    items: items as unknown[],
    fn: fn as Loop["fn"],
  });
}

function problemOf(items: unknown, fn: unknown, concurrency: unknown): string | null {
  if (!Array.isArray(items))
    return "what it goes through must be an array; make one of anything else with Array.from.";
  if (typeof fn !== "function") return "it needs a function that is called with each item.";
  const ofFunction = generatorProblem(fn);
  if (ofFunction !== null) return `its function ${ofFunction}`;
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

/** Items that leave the memo together. */
interface Group {
  readonly name: string;
  readonly first: number;
  readonly end: number;
  readonly scope: GroupScope;
  leftCount: number;
}

/**
 * So many workers as items may be under way, each of which takes the next item when it has done one. An item that takes
 * long keeps its group in the memo, and holds up nothing else. After an error nobody takes another.
 */
async function runItems(loop: Loop): Promise<unknown[]> {
  const { turn, stepIn, concurrency, items, fn } = loop;
  const results: unknown[] = new Array(items.length);
  let next = 0;
  let group: Group | null = null;
  const underWay = new Set<Group>();
  let isOver = false;
  const work = async (): Promise<void> => {
    while (next < items.length) {
      const index = next;
      if (group === null || index === group.end) group = openGroup(loop, index);
      const own: Group = group;
      underWay.add(own);
      if (turn.isRecorded(own.scope.id) && index === own.first) {
        next = own.end;
        underWay.delete(own);
        put(results, own.first, await askFor(loop, own, () => {}));
        continue;
      }
      next += 1;
      const scope = new Scope(idOf(own.scope.id, String(index), 0), own.scope);
      results[index] = await turn.within(own.scope, () => fn(items[index], index, stepIn(scope)), loop.point);
      own.leftCount -= 1;
      if (own.leftCount > 0) continue;
      underWay.delete(own);
      put(results, own.first, await closed(loop, own, results));
    }
  };
  const stop = (error: unknown) => {
    next = items.length;
    // As of a join that is lost: what the other items have open is cancelled, and they go no further.
    if (!isOver && concurrency > 1) {
      const scopes = [...underWay].map(({ scope }) => scope);
      turn.joins.decide(loop.point, scopes, []);
    }
    isOver = true;
    throw error;
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, () => work().catch(stop)));
  return results;
}

function openGroup({ items, point }: Loop, first: number): Group {
  const end = Math.min(first + GROUP_ITEMS, items.length);
  const name = `${first}-${end - 1}`;
  return {
    name,
    first,
    end,
    scope: new GroupScope(idOf(point.id, name, 0), point.scope),
    leftCount: end - first,
  };
}

function put(results: unknown[], first: number, values: readonly unknown[]): void {
  for (const [at, value] of values.entries()) results[first + at] = value;
}

/** Its items are done: the group is one entry with their results, and their steps leave the memo. */
async function closed(loop: Loop, group: Group, results: readonly unknown[]): Promise<unknown[]> {
  const { name, first, end, scope } = group;
  const subject = `forEach "${loop.name}" returned`;
  const v = toJson(subject, results.slice(first, end), Number.POSITIVE_INFINITY)!;
  // A step that can be undone must be found again when it is; results that one entry cannot hold stay with their steps.
  if (scope.steps.size === 0 || scope.canBeUndone || utf8.encode(v.text).length > VALUE_BYTES_MAX) {
    return JSON.parse(v.text) as unknown[];
  }
  loop.turn.joins.leaveBehind(scope);
  return askFor(loop, group, (id, n) =>
    loop.turn.report({ op: "group", id, scope: loop.point.id, name, n, v, folds: [...scope.steps] }),
  );
}

const utf8 = new TextEncoder();

function askFor({ turn, point }: Loop, { name }: Group, begin: (id: string, n: number) => void) {
  return turn.within(point.scope, () => turn.ask<unknown[]>({ op: "group", name, scope: point.id }, begin));
}
