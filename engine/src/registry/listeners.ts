import { isEventNameFor } from "@durable/protocol/wire";
import { type BrokenExpression, type Expression, readExpression } from "../domain/expressions.ts";
import type { FunctionEntry } from "./function-entry.ts";

/** A function that an event's name may start. */
export interface Listener {
  readonly fn: FunctionEntry;
  /** One of them must hold; null: there is no condition. */
  readonly filters: readonly (Expression | BrokenExpression)[] | null;
}

const NONE: readonly Listener[] = [];
/** Names are somebody else's; a workspace has tens of them. */
const NAMES_KEPT_MAX = 10_000;

/** Who listens to which event, with wildcards looked up once per name. */
export class Listeners {
  readonly #exact = new Map<string, readonly Listener[]>();
  readonly #patterns: { readonly pattern: string; readonly listener: Listener }[] = [];
  readonly #byName = new Map<string, readonly Listener[]>();

  constructor(functions: Iterable<FunctionEntry>) {
    for (const fn of functions) {
      for (const trigger of fn.manifest.triggers) {
        if (!("event" in trigger)) continue;
        const filters = trigger.if === undefined ? null : [readExpression(trigger.if, "event")];
        const listener = { fn, filters };
        if (trigger.event.includes("*")) this.#patterns.push({ pattern: trigger.event, listener });
        else this.#exact.set(trigger.event, merge([...(this.#exact.get(trigger.event) ?? NONE), listener]));
      }
    }
  }

  /** In the order of their functions' ids, each function once. */
  of(name: string): readonly Listener[] {
    if (this.#patterns.length === 0) return this.#exact.get(name) ?? NONE;
    let listeners = this.#byName.get(name);
    if (listeners === undefined) {
      const meant = this.#patterns.filter(({ pattern }) => isEventNameFor(pattern, name));
      listeners = merge([...(this.#exact.get(name) ?? NONE), ...meant.map(({ listener }) => listener)]);
      if (this.#byName.size >= NAMES_KEPT_MAX) this.#byName.clear();
      this.#byName.set(name, listeners);
    }
    return listeners;
  }
}

/** Two triggers of one function on one event start one run; one without a condition needs no other's. */
function merge(listeners: readonly Listener[]): readonly Listener[] {
  const byId = new Map<string, Listener>();
  for (const { fn, filters } of listeners) {
    const known = byId.get(fn.id);
    const isFree = filters === null || known?.filters === null;
    byId.set(fn.id, { fn, filters: isFree ? null : [...(known?.filters ?? []), ...filters] });
  }
  return [...byId.values()].sort((a, b) => (a.fn.id < b.fn.id ? -1 : 1));
}
