import type { Op } from "@durable/protocol/wire";

// When the line to the engine breaks in the middle of a step, the engine dispatches the run again while the body of
// the step may still be running in this process. Then the new dispatch waits for that body instead of starting a
// second one beside it.

const running = new Map<string, Promise<Op>>();

/** Runs the body of a step, or joins the one that is still running under this key. */
export function runOrJoin(idempotencyKey: string, attempt: number, run: () => Promise<Op>): Promise<Op> {
  const key = `${attempt}:${idempotencyKey}`;
  const already = running.get(key);
  if (already !== undefined) return already;
  const started = run().finally(() => running.delete(key));
  running.set(key, started);
  return started;
}
