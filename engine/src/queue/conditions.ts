// Waits whose condition is an expression. The database finds them by name and match; here the expression is asked, and
// what it says is settled by a call of its own. An event stays owed, and a look-back unfinished, until that is done.

import { fact, readExpression } from "../domain/expressions.ts";
import { expressionFailure } from "../execution/decide-wait.ts";
import type { Database } from "../store/database.ts";
import {
  advanceLookBack,
  clearObligation,
  type EventRef,
  findPastEvents,
  findRivals,
  findUndecidedWaits,
  type LookBackLimits,
  loadEventJson,
  type Match,
  type OpenWait,
  type RunRef,
  type Settled,
  settleMatches,
  settlePast,
} from "../store/waits.ts";

const RUNS_PER_PAGE = 100;

/** Holds one event against every wait that it meets by name and match where the condition of one decides. */
export async function matchConditions(
  database: Database,
  event: EventRef,
  settled: (settled: Settled) => void,
): Promise<void> {
  const json = await loadEventJson(database, event);
  if (json !== null) {
    const shown = fact(json);
    for (let lastRun: string | undefined; ; ) {
      const waits = await findUndecidedWaits(database, event, lastRun, RUNS_PER_PAGE);
      const matches = waits.flatMap((wait) => matchOf(wait, event.eventId, shown) ?? []);
      if (matches.length > 0) settled(await settleMatches(database, matches));
      if (new Set(waits.map(({ runId }) => runId)).size < RUNS_PER_PAGE) break;
      lastRun = waits.at(-1)!.runId;
    }
  }
  await clearObligation(database, event);
}

/**
 * Walks a page of the past for each wait of these runs that is next and hangs on a condition, to the first event that meets
 * it. That one may go to another wait of the run, and the next call goes on behind it.
 */
export async function lookBackWithConditions(
  database: Database,
  runs: readonly RunRef[],
  limits: LookBackLimits,
  settled: (settled: Settled) => void,
): Promise<void> {
  for (const page of await findPastEvents(database, runs, limits.perCall)) {
    const meets = page.events.findIndex(
      ({ eventId, event }) => event !== null && matchOf(page, eventId, fact(event)) !== null,
    );
    if (meets === -1) {
      await advanceLookBack(database, page, limits);
      continue;
    }
    const { eventId } = page.events[meets]!;
    const rivals = await findRivals(database, page, eventId);
    const matches = rivals.flatMap((rival) => matchOf(rival, rival.eventId, fact(rival.event)) ?? []);
    settled(await settlePast(database, page, { eventId, count: meets + 1, matches }));
  }
}

/** Null when the condition does not hold. */
function matchOf(wait: OpenWait, eventId: string, event: ReturnType<typeof fact>): Match | null {
  const { workspaceId, runId, stepId, key, condition, trigger } = wait;
  if (condition === null) return { workspaceId, runId, stepId, key, eventId, failure: null };
  const expression = readExpression(condition, "event and trigger");
  const result =
    "problem" in expression
      ? ({ ok: false, detail: `The expression cannot be read: ${expression.problem}.` } as const)
      : expression.evaluate({ event, ...(trigger !== null && { trigger: fact(trigger) }) });
  if (result.ok && !result.value) return null;
  const failure = result.ok ? null : expressionFailure(result.detail);
  return { workspaceId, runId, stepId, key, eventId, failure };
}
