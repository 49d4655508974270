import { setTimeout as sleep } from "node:timers/promises";

/** Nothing takes as long, on a machine that is ten times as busy as it should be. */
export const PATIENCE_MS = 60_000;

/**
 * Waits until `look` gives something (not null, undefined or false) and returns it. Tests wait for what they need,
 * never for a time: a fixed pause is too short on a slow day and wasted on all others.
 */
export async function waitFor<T>(
  what: string,
  look: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  { timeoutMs = PATIENCE_MS, everyMs = 5 }: { timeoutMs?: number; everyMs?: number } = {},
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain for ${what}.`);
    await sleep(everyMs);
  }
}

/** A promise with a deadline, for things that should have happened by themselves. */
export async function within<T>(what: string, promise: Promise<T>, timeoutMs = PATIENCE_MS): Promise<T> {
  const timer = new AbortController();
  const late = sleep(timeoutMs, undefined, { signal: timer.signal }).then(
    () => {
      throw new Error(`Waited ${timeoutMs} ms in vain for ${what}.`);
    },
    () => undefined as never,
  );
  try {
    return await Promise.race([promise, late]);
  } finally {
    timer.abort();
  }
}
