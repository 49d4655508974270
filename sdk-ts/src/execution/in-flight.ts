import { requestsAreApart } from "../runtime/requests-apart.ts";
import type { BodyEnd } from "./step-body.ts";

// When the line to the engine breaks in the middle of a step, the engine dispatches the run again while the body of
// the step may still be running in this process. Then the new dispatch waits for that body instead of starting a
// second one beside it.

const running = new Map<string, Promise<BodyEnd>>();

/**
 * Runs the body of a step, or joins the one that is still running under this key. One that has given up because the
 * line broke is not joined in that: it runs again, unless it runs at most once. Where requests are apart only
 * such a one is joined: whoever waits in vain for it is freed by the engine.
 */
export async function runOrJoin(
  idempotencyKey: string,
  attempt: number,
  run: () => Promise<BodyEnd>,
  atMostOnce = false,
): Promise<BodyEnd> {
  const key = `${attempt}:${idempotencyKey}`;
  const already = requestsAreApart && !atMostOnce ? undefined : running.get(key);
  if (already !== undefined) {
    const end = await already;
    return end.st === "err" && end.isHungUp && !atMostOnce ? runOrJoin(idempotencyKey, attempt, run) : end;
  }
  const started = run().finally(() => running.delete(key));
  running.set(key, started);
  return started;
}
