// Spans as trees. An attempt is part of its step, a step of its branch or group; of what a page has not brought yet the parent is the run.
import { isBad, type Span } from "./span.ts";

export interface Forest {
  readonly spans: readonly Span[];
  /** By index, as everything here. */
  readonly roots: readonly number[];
  readonly childrenOf: ReadonlyMap<number, readonly number[]>;
  /** The tries of a step, also where there is only one and it has no row of its own. */
  readonly attemptsOf: ReadonlyMap<number, readonly number[]>;
  readonly indexOf: ReadonlyMap<string, number>;
}

const NONE: readonly number[] = [];

export function growForest(spans: readonly Span[]): Forest {
  const indexOf = new Map(spans.map(({ id }, at) => [id, at]));
  const roots: number[] = [];
  const childrenOf = new Map<number, number[]>();
  const attemptsOf = new Map<number, number[]>();
  for (let at = 0; at < spans.length; at += 1) {
    const { kind, parent } = spans[at]!;
    // The time at a limit is a phase of its attempt.
    if (kind === "limit") continue;
    const above = parent === null ? undefined : indexOf.get(parent);
    if (above === undefined) roots.push(at);
    else add(kind === "attempt" ? attemptsOf : childrenOf, above, at);
  }
  // Pages bring them by when they were recorded; they are read by when they began.
  const beganMs = beginnings(spans, indexOf);
  const byStart = (a: number, b: number) => beganMs[a]! - beganMs[b]! || a - b;
  roots.sort(byStart);
  for (const children of childrenOf.values()) children.sort(byStart);
  // One try says what its step says.
  for (const [step, tries] of attemptsOf) {
    if (tries.length > 1) childrenOf.set(step, [...tries, ...(childrenOf.get(step) ?? NONE)]);
  }
  return { spans, roots, childrenOf, attemptsOf, indexOf };
}

/** What contains others began with the first of them: a group is recorded when its items are done. */
function beginnings(spans: readonly Span[], indexOf: ReadonlyMap<string, number>): Float64Array {
  const beganMs = Float64Array.from(spans, ({ startMs }) => startMs);
  spans.forEach(({ kind, startMs, parent }) => {
    if (!STEPS.has(kind)) return;
    for (let id = parent; id !== null; ) {
      const above = indexOf.get(id);
      if (above === undefined || beganMs[above]! <= startMs) return;
      beganMs[above] = startMs;
      id = spans[above]!.parent;
    }
  });
  return beganMs;
}

/** Not what is part of a step, or undoes it. */
const STEPS: ReadonlySet<Span["kind"]> = new Set(["step", "sleep", "wait", "child"]);

/** The steps in a branch or a group; none of any other. */
export function stepsInside({ spans, childrenOf }: Forest, at: number): readonly number[] {
  return (childrenOf.get(at) ?? NONE).filter((child) => STEPS.has(spans[child]!.kind));
}

function add(lists: Map<number, number[]>, key: number, value: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

/** Those that failed or had a try that did, and what they stand in. */
export function badOnes({ spans, indexOf }: Forest): Set<number> {
  const bad = new Set<number>();
  spans.forEach((span, at) => {
    if (!isBad(span)) return;
    for (let each: number | undefined = at; each !== undefined && !bad.has(each); ) {
      bad.add(each);
      const parent: string | null = spans[each]!.parent;
      each = parent === null ? undefined : indexOf.get(parent);
    }
  });
  return bad;
}
