import type { Turn } from "../execution/turn.ts";
import type { DataOf } from "../function.ts";
import { type ChildOptions, type ChildTarget, childOnWire, readCall } from "./child.ts";

/** What a child gets, and what becomes of it when its parent is cancelled. */
export type SpawnOptions<Data = unknown> = ChildOptions<Data>;

/**
 * `step.spawn(name, fn, { input, app, onCancel })`: starts another function as a child run, of this app or of one that lets
 * it, and does not wait for it. Resolves to the child's run id; the run is started in the commit that records the step, so exactly once.
 */
export interface Spawn {
  <Fn extends ChildTarget>(name: string, fn: Fn, options?: SpawnOptions<DataOf<Fn>>): Promise<string>;
  <Fn extends ChildTarget>(fn: Fn, options?: SpawnOptions<DataOf<Fn>>): Promise<string>;
}

export function makeSpawn(turn: Turn): Spawn {
  return ((...args: Parameters<typeof readCall<SpawnOptions>>[0]) => {
    const call = readCall<SpawnOptions>(args);
    const { name } = call;
    return turn.ask({ op: "spawn", name }, (id, n) => {
      turn.report({
        op: "invoke",
        id,
        name,
        n,
        spawn: true,
        ...childOnWire("spawn", call),
      });
    });
  }) as Spawn;
}
