import type { Patch } from "../../live/messages.ts";
import type { RunListed } from "../../live/patches.ts";

/** A page grows no longer than this by itself. */
const ROWS_MAX = 200;
/** Of a list that moves faster nobody reads a row. */
const TOGETHER_MAX = 20;

export interface Runs {
  readonly runs: RunListed[];
  readonly next: string | null;
}

/** Runs that were born after the page was read, each as it is by its highest `rev`. Ids begin with the time. */
export function newcomersOf(page: Runs, patches: readonly Patch[]): RunListed[] {
  const known = new Set(page.runs.map(({ id }) => id));
  const newest = page.runs[0]?.id ?? "";
  const born = new Map<string, RunListed>();
  for (const { topic, kind, id, rev, patch } of patches) {
    if (topic !== "runs" || kind !== "run" || id === null || patch === null) continue;
    if (id <= newest || known.has(id) || (born.get(id)?.rev ?? -1) >= rev) continue;
    born.set(id, { ...patch, rev } as unknown as RunListed);
  }
  return [...born.values()];
}

/** With these runs on top. Where the page is full, or they are many at once, they have to wait: null. */
export function withNewcomers(page: Runs, newcomers: readonly RunListed[]): Runs | null {
  if (newcomers.length > TOGETHER_MAX || page.runs.length + newcomers.length > ROWS_MAX) return null;
  return { ...page, runs: [...newcomers, ...page.runs].sort((a, b) => (a.id < b.id ? 1 : -1)) };
}
