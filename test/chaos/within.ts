import { setTimeout as sleep } from "node:timers/promises";

/** Whether `work` came to its end within `ms`. What takes longer goes on unwatched. */
export async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  const timer = new AbortController();
  work.catch(() => {});
  try {
    return await Promise.race([
      work.then(() => true),
      sleep(ms, undefined, { signal: timer.signal }).then(() => false),
    ]);
  } finally {
    timer.abort();
  }
}
