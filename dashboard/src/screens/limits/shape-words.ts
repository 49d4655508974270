// What acts before there is a run, in words: how it is declared, and what it remembers of a key. Pure.
import type { AnswerOf } from "@durable/engine/api";
import { countOf } from "../../words/number.ts";
import { period } from "../../words/time.ts";

export type Shape = AnswerOf<"listShapes">["shapes"][number];
export type ShapeKey = Shape["keys"][number];

interface Declared {
  readonly key?: string | { readonly cel: string };
  readonly period_ms?: number;
  readonly max_wait_ms?: number;
  readonly edge?: "trailing" | "leading";
  readonly max_size?: number;
  readonly limit?: number;
  readonly burst?: number;
  readonly on_limit?: "skip" | "delay";
  readonly mode?: "skip" | "cancel" | "queue";
}

const MEMBER: Readonly<Record<Shape["kind"], string>> = {
  idempotency: "idempotency",
  debounce: "debounce",
  batch: "batch",
  "rate-limit": "rate_limit",
  singleton: "singleton",
};

export const SHAPE_KIND: Readonly<Record<Shape["kind"], string>> = {
  idempotency: "Idempotency",
  debounce: "Debounce",
  batch: "Batch",
  "rate-limit": "Rate limit",
  singleton: "Singleton",
};

/** What it does, as a sentence. */
export function shapeRule(shape: Pick<Shape, "kind" | "declared">): string {
  const { debounce } = shape.declared as { readonly debounce?: Declared };
  return RULE[shape.kind](declaredOf(shape), debounce);
}

/** What it counts separately for; null: all events together. */
export function shapeKeyOf(shape: Pick<Shape, "kind" | "declared">): string | null {
  const { key } = declaredOf(shape);
  if (key === undefined) return null;
  return typeof key === "string" ? key : key.cel;
}

function declaredOf({ kind, declared }: Pick<Shape, "kind" | "declared">): Declared {
  return ((declared as Record<string, unknown>)[MEMBER[kind]] ?? {}) as Declared;
}

const long = (ms: number | undefined) => period(ms ?? 0);

const RULE: Readonly<Record<Shape["kind"], (declared: Declared, debounce?: Declared) => string>> = {
  idempotency: ({ period_ms }) =>
    `An event whose key has started a run starts no other for ${long(period_ms)}.`,
  debounce: ({ period_ms, max_wait_ms, edge }) => {
    const most = max_wait_ms === undefined ? "" : `, after ${long(max_wait_ms)} at the latest`;
    return edge === "leading"
      ? `A run for the first event, at once; none for what follows until it was quiet for ${long(period_ms)}${most}.`
      : `One run for the last event, when it was quiet for ${long(period_ms)}${most}.`;
  },
  batch: ({ max_size, max_wait_ms }, debounce) => {
    const quiet = debounce === undefined ? "" : `, or was quiet for ${long(debounce.period_ms)}`;
    return `One run for up to ${countOf(max_size ?? 0, "event")}; it begins when it has them${quiet}, or ${long(max_wait_ms)} after the first.`;
  },
  "rate-limit": ({ limit, period_ms, burst, on_limit }) => {
    const over = on_limit === "delay" ? "what is over begins later" : "what is over is skipped";
    const pace = burst === undefined ? "" : `, up to ${burst} at once`;
    return `${countOf(limit ?? 0, "start")} per ${long(period_ms)}${pace}; ${over}.`;
  },
  singleton: ({ mode }) =>
    mode === "cancel"
      ? "One run at a time; an event that comes meanwhile cancels it, and the new one begins when it has ended."
      : "One run at a time; an event that comes meanwhile is skipped.",
};

/** What it knows of a key now. Instants are said by `at`. */
export function shapeKeySays(kind: Shape["kind"], key: ShapeKey, at: (instant: string) => string): string {
  return SAID[kind](key, at);
}

const SAID: Readonly<Record<Shape["kind"], (key: ShapeKey, at: (instant: string) => string) => string>> = {
  idempotency: ({ until }, at) => `Duplicates are of its run until ${at(until!)}.`,
  debounce: ({ until, events }, at) =>
    events === null
      ? `A run was for the first; no other before ${at(until!)}.`
      : `Its run begins at ${at(until!)}, for the last of ${countOf(events, "event")}.`,
  batch: ({ until, events, bytes }, at) =>
    `Its run begins at ${at(until!)}; ${countOf(events ?? 0, "event")} and ${countOf(bytes ?? 0, "byte")} so far.`,
  "rate-limit": ({ starts, next_start_at: next }, at) => {
    const before = starts === null ? "" : `${countOf(starts, "start")} in the period. `;
    return `${before}${next === null ? "The next may start at once." : `The next may start at ${at(next)}.`}`;
  },
  singleton: () => "Its run holds it.",
};
