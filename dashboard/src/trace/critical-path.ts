// The critical path: the chain of spans that the run's end waited for.
//
// It is read from the end backwards. Of the spans that had ended by a moment, the one that ended last is what that moment waited for; the
// moment before which it was not going on is its start; and so on to the beginning of the run. What was still going on when the
// moment came was not waited for: a parallel step that took longer, a branch that lost. Of a run that goes on the moment is now, and a
// span that goes on ends now; of two that end together the one that began first says more.
//
// Steps that contain others (branches, groups) are not on the path by themselves but by what they contain, and are marked with it. Attempts are
// part of their step. Between two spans of the path the engine and the function's own code had the run.
import { type Forest, stepsInside } from "./forest.ts";

/** Of the run, and of those child runs on it that are loaded; by run. */
export function criticalPaths(
  run: string,
  endMs: number,
  loaded: ReadonlyMap<string, { readonly forest: Forest } | null>,
  paths = new Map<string, ReadonlySet<number>>(),
): ReadonlyMap<string, ReadonlySet<number>> {
  const forest = loaded.get(run)?.forest;
  if (forest === undefined || paths.has(run)) return paths;
  const path = criticalPath(forest, endMs);
  paths.set(run, path);
  for (const at of path) {
    const { run: child, endMs: childEndMs } = forest.spans[at]!;
    if (child !== null) criticalPaths(child, Math.min(endMs, childEndMs ?? endMs), loaded, paths);
  }
  return paths;
}

/** Ends and starts of what follows one another are told by different clocks' milliseconds. */
const TOLERANCE_MS = 2;

/** Indices of the spans on it, with what they stand in. `endMs`: the run's end, or now. */
export function criticalPath(forest: Forest, endMs: number): Set<number> {
  const { spans, indexOf } = forest;
  const endOf = (at: number) => Math.min(spans[at]!.endMs ?? endMs, endMs);
  const candidates = spans
    .map((_, at) => at)
    .filter(
      (at) =>
        spans[at]!.kind !== "attempt" && spans[at]!.kind !== "limit" && stepsInside(forest, at).length === 0,
    )
    .filter((at) => spans[at]!.status !== "cancelled")
    .sort((a, b) => endOf(b) - endOf(a) || spans[a]!.startMs - spans[b]!.startMs);

  const path = new Set<number>();
  let momentMs = endMs;
  for (const at of candidates) {
    if (endOf(at) > momentMs + TOLERANCE_MS) continue;
    const { startMs } = spans[at]!;
    // What began and ended within the tolerance of the moment moves nothing; it is on the path all the same.
    momentMs = Math.min(momentMs, startMs);
    for (let each: number | undefined = at; each !== undefined && !path.has(each); ) {
      path.add(each);
      const parent: string | null = spans[each]!.parent;
      each = parent === null ? undefined : indexOf.get(parent);
    }
  }
  return path;
}
