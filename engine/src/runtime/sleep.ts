import { setTimeout } from "node:timers/promises";

/** For clients that wait to try again: it keeps their process alive. Rejects when `signal` aborts. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, signal === undefined ? {} : { signal });
}
