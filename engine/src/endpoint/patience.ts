import type { Patience } from "./exchange.ts";
import type { Pulse } from "./pulse.ts";

/** An app that does not say how long it may take gets this long for one request that runs its code. */
const TOTAL_MS_DEFAULT = 300_000;
const MARGIN_MS = 5_000;

/**
 * @param maxDurationMs What the app says one request may take; null when it does not say.
 * @param pulse Where it is heard of meanwhile: the time counts from the last sign of life then.
 * @param openMs For so long steps may follow one another in the same request: the last of them has its whole time.
 */
export function patienceWith(maxDurationMs: number | null, pulse?: Pulse, openMs = 0): Patience {
  const totalMs = (maxDurationMs === null ? TOTAL_MS_DEFAULT : maxDurationMs + MARGIN_MS) + openMs;
  return { totalMs, firstByteMs: totalMs, idleMs: 30_000, pulse };
}
