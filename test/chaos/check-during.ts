import { setTimeout as sleep } from "node:timers/promises";
import { isConnectionLoss } from "../../engine/src/store/database.ts";
import type { Checker, InvariantReport } from "../invariants/check.ts";

export interface During {
  readonly checks: number;
  /** The first report with something broken: it ended the faults. */
  readonly broken: InvariantReport | null;
}

const CHECK_EVERY_MS = 6_000;

/**
 * Looks every few seconds until the faults are over, or something is broken, which ends them. Rejects when an invariant
 * cannot be asked: what is never looked at is never seen to be broken.
 */
export async function checkDuring(
  checker: Pick<Checker, "check">,
  ending: AbortController,
  everyMs = CHECK_EVERY_MS,
): Promise<During> {
  let checks = 0;
  try {
    while (!ending.signal.aborted) {
      await sleep(everyMs, undefined, { signal: ending.signal }).catch(() => {});
      const found = await checker.check("during").catch((error) => {
        // Without a database nothing can be said. Whatever else it is, it is our mistake.
        if (isConnectionLoss(error)) return null;
        throw error;
      });
      if (found === null) continue;
      checks += 1;
      if (!found.ok) return { checks, broken: found };
    }
    return { checks, broken: null };
  } finally {
    ending.abort();
  }
}
