import type { AnswerOf } from "@durable/engine/api";
import type { RunListed } from "../../live/patches.ts";
import { countOf } from "../../words/number.ts";
import type { Skip } from "../../words/skip-reason.ts";

/** What an event became for one function. */
export type Decision =
  | { readonly kind: "run"; readonly id: string; readonly function: string; readonly run: RunListed }
  | { readonly kind: "skip"; readonly id: string; readonly function: string; readonly skip: Skip };

/** By function; of one function runs come first, the newest on top. */
export function decisionsOf({
  runs,
  skips,
}: Pick<AnswerOf<"getEvent">, "runs" | "skips">): readonly Decision[] {
  const all: Decision[] = [
    ...runs.map((run) => ({ kind: "run" as const, id: run.id, function: run.function, run })),
    ...skips.map((skip) => ({ kind: "skip" as const, id: skip.id, function: skip.function, skip })),
  ];
  return all.sort((a, b) => a.function.localeCompare(b.function));
}

/** All of them in one sentence. */
export function decisionsSaid({ runs, skips }: Pick<AnswerOf<"getEvent">, "runs" | "skips">): string {
  const functions = new Set([...runs, ...skips].map((each) => each.function)).size;
  if (functions === 0) return "No function has a trigger for it.";
  const started = runs.length === 0 ? "no run" : countOf(runs.length, "run");
  const listeners = countOf(functions, "function");
  return skips.length === 0
    ? `${listeners} listened; it started ${started}.`
    : `${listeners} listened; it started ${started}, and was passed over ${skips.length === 1 ? "once" : `${skips.length} times`}.`;
}
