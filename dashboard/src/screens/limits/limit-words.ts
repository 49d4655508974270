// What a limit says, in words. Pure.
import type { AnswerOf } from "@durable/engine/api";
import { countOf, grouped } from "../../words/number.ts";
import { period } from "../../words/time.ts";

export type Limit = AnswerOf<"listLimits">["limits"][number];
export type Gate = Limit["gates"][number];
type Manifest = { readonly throttle?: { readonly key?: Key }; readonly singleton?: { readonly key?: Key } };
type Key = string | { readonly cel: string };

/** `2 at a time`, `60 starts per 1 h, 2 at once`. */
export function ruleOf(limit: Pick<Limit, "kind" | "count" | "period_ms" | "burst">): string {
  if (limit.count === 0) return "Nobody is let in";
  return RULE[limit.kind](limit);
}

const RULE: Readonly<Record<Limit["kind"], (limit: Pick<Limit, "count" | "period_ms" | "burst">) => string>> =
  {
    concurrency: ({ count }) => `${grouped(count)} at a time`,
    singleton: () => "One run at a time",
    throttle: ({ count, period_ms, burst }) => {
      const pace = `${countOf(count, "start")} per ${period(period_ms ?? 0)}`;
      return burst === null || burst <= 1
        ? `${pace}, spread evenly`
        : `${pace}, up to ${grouped(burst)} at once`;
    },
  };

/** What holds a place there. */
export const UNIT: Readonly<Record<Gate["unit"], string>> = {
  step: "A run holds a place while its code is called.",
  run: "A run holds a place from its first call to its end.",
  start: "Only the start counts.",
};

/** What it counts separately for; null: all together. */
export function keyOf(limit: Pick<Limit, "kind" | "name" | "function">, manifest: unknown): string | null {
  if (limit.kind === "concurrency")
    return /^concurrency by (.+) of (?:"|the workspace)/.exec(limit.name)?.[1] ?? null;
  const key = ((manifest ?? {}) as Manifest)[limit.kind]?.key;
  if (key === undefined) return null;
  return typeof key === "string" ? key : key.cel;
}

/** Whose it is. */
export function ownerOf({ function: functionId, name }: Pick<Limit, "function" | "name">): string {
  if (functionId !== null) return functionId;
  const shared = /^throttle "(.+)"$/.exec(name)?.[1];
  if (shared !== undefined) return `Throttle "${shared}", shared by functions`;
  return name.startsWith("overlap")
    ? "Schedules whose runs do not overlap"
    : "Shared by functions of this workspace";
}

/** A key as people write it: text without quotes, where it cannot be taken for something else. */
export function keySaid(key: unknown): string {
  if (key === null || key === undefined) return "–";
  if (typeof key !== "string") return JSON.stringify(key);
  return /^[\p{L}\p{N}][\p{L}\p{N} _.:/@+-]*$/u.test(key) && !isLiteral(key) ? key : JSON.stringify(key);
}

function isLiteral(text: string): boolean {
  return text === "true" || text === "false" || text === "null" || /^-?\d/.test(text);
}

/** A filter of runs: those that stand at this key, whose function it is where it is of one. */
export function waitingQuery(limit: Pick<Limit, "function">, gate: Pick<Gate, "key">): string {
  const terms = ["status:queued,waiting,running"];
  if (limit.function !== null) terms.push(`function:${quoted(limit.function)}`);
  if (gate.key !== null && gate.key !== undefined) terms.push(`key:${quoted(JSON.stringify(gate.key))}`);
  return terms.join(" ");
}

/** As a filter of runs takes a value. */
function quoted(text: string): string {
  return /^[\w.:/@+-]+$/.test(text) ? text : `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
}

/** One gate of one limit, in an address. */
export function gateId(limit: Pick<Limit, "id">, gate: Pick<Gate, "key" | "unit">): string {
  return `${limit.id}.${gate.unit}.${JSON.stringify(gate.key ?? null)}`;
}
