import { Scope } from "../scope.ts";
import type { News } from "./news.ts";
import type { OpenSteps } from "./open-steps.ts";
import type { ResultLine } from "./result-line.ts";

/** A branch, or the promise of a step, that nobody waits for any more. */
export type Loser = Scope | Promise<unknown>;

/**
 * The branches that lost are closed, and whatever they began in this turn is forgotten.
 * @returns the steps that the engine has to close: it knows of them, or they ran; and those whose result came, and that
 * nobody was given.
 */
export function closeLosers(
  losers: readonly Loser[],
  { open, results, news }: { open: OpenSteps; results: ResultLine; news: News },
): string[] {
  const ids = new Set<string>();
  const settled = new Set<string>();
  for (const loser of losers) {
    if (loser instanceof Scope) {
      loser.close();
      for (const id of loser.open) ids.add(id);
    } else {
      const id = open.idOf(loser);
      if (id !== undefined) ids.add(id);
      else for (const own of results.drop((waiting) => waiting.promise === loser)) settled.add(own);
    }
  }
  for (const id of results.drop(({ scope }) => scope.isClosed)) settled.add(id);
  for (const id of ids) open.close(id);
  for (const id of news.forget(ids)) ids.delete(id);
  return [...new Set([...ids, ...settled])];
}
