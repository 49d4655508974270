import type { AnswerOf } from "@durable/engine/api";

export type TreeRun = AnswerOf<"getRunTree">["runs"][number];

export interface TreeLine {
  readonly run: TreeRun;
  readonly depth: number;
}

/** Generation after generation in, each run below its parent out. The first one is the top. */
export function treeLines(runs: readonly TreeRun[]): TreeLine[] {
  const [top] = runs;
  if (top === undefined) return [];
  const childrenOf = new Map<string, TreeRun[]>();
  for (const run of runs.slice(1)) {
    const parent = run.parent?.run ?? top.run;
    const siblings = childrenOf.get(parent);
    if (siblings === undefined) childrenOf.set(parent, [run]);
    else siblings.push(run);
  }
  const lines: TreeLine[] = [];
  const waiting: TreeLine[] = [{ run: top, depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    lines.push(next);
    const { depth } = next;
    for (const run of (childrenOf.get(next.run.run) ?? []).toReversed())
      waiting.push({ run, depth: depth + 1 });
  }
  return lines;
}
