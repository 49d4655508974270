// What decided how it went: which limits it stood at and for how long, when it began, where code left the recorded path. Read from the run
// and its trace; nothing is asked for it.
import type { Run } from "../../live/patches.ts";
import type { LimitNamed, Span } from "../../trace/span.ts";

export interface LimitPassed {
  readonly limit: LimitNamed;
  readonly times: number;
  readonly ms: number;
  readonly longestMs: number;
}

/** Each limit with its key once, the longest wait first. */
export function limitsPassed(spans: readonly Span[]): LimitPassed[] {
  const passed = new Map<string, LimitPassed>();
  for (const { kind, limit, startMs, endMs } of spans) {
    if (kind !== "limit" || limit === null || endMs === null) continue;
    const key = `${limit.id} ${JSON.stringify(limit.key)}`;
    const known = passed.get(key) ?? { limit, times: 0, ms: 0, longestMs: 0 };
    const ms = endMs - startMs;
    passed.set(key, {
      ...known,
      ...{ times: known.times + 1, ms: known.ms + ms, longestMs: Math.max(known.longestMs, ms) },
    });
  }
  return [...passed.values()].sort((a, b) => b.ms - a.ms);
}

export interface Late {
  readonly step: string;
  readonly attempt: number;
  readonly failure: Run["failure"];
  readonly value: unknown;
}

/** Results that came when nobody waited for them any more. */
export function lateResults({ steps, attempts }: Run): Late[] {
  return [...steps.flatMap((step) => step.attempts), ...attempts]
    .filter(({ outcome }) => outcome === "late")
    .map(({ name, attempt, failure, value }) => ({ step: name ?? "?", attempt, failure, value }));
}
