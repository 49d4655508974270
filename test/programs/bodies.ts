// Statements whose code runs in the app.

import { setTimeout as sleep } from "node:timers/promises";
import {
  NonRetriableError,
  StepError,
  StepInterruptedError,
  type StepRunOptions,
} from "../../sdk-ts/src/index.ts";
import type { Context } from "./context.ts";
import { fold, type RetryKind, type Statement } from "./program.ts";

/** What a step says about its attempts. */
const POLICIES: Record<RetryKind, StepRunOptions<number>> = {
  table: { retry: { backoff: [1, 5] } },
  linear: { retry: { max: 2, backoff: "linear", base: 1, jitter: true } },
  decide: { retry: { decide: (attempt) => (attempt === 2 ? "stop" : 1) } },
  retryOn: { retry: { retryOn: ["Error"] } },
  retryOnAnother: { retry: { retryOn: ["CardError"] } },
  stopOn: { retry: { stopOn: ["Error"] } },
  stopOnAnother: { retry: { stopOn: ["CardError"] } },
  slow: { timeout: 25 },
  watched: { heartbeatTimeout: "5m", retry: { backoff: [1, 5] } },
};

/** Long enough for a line to be cut, and for a word to arrive, while it runs. */
const BODY_MS = 5;

export function body(
  context: Context,
  { name, fails, final, undo, retry, says }: Extract<Statement, { do: "step" }>,
  value: number,
): Promise<number> {
  const { step, run, effects } = context;
  const act = (attempt: number): number | Promise<never> => {
    if (attempt > fails) return fold(value, name);
    if (retry === "slow") return new Promise<never>(() => {});
    const message = `${name} failed at ${value}`;
    throw final ? new NonRetriableError(message) : new Error(message);
  };
  return step.run(
    name,
    async ({ idempotencyKey, attempt, log, heartbeat }) => {
      effects.ran(run, idempotencyKey);
      if (says) {
        log(`${name}: attempt ${attempt}`);
        await heartbeat({ attempt });
        await sleep(BODY_MS);
      }
      return act(attempt);
    },
    { ...(retry && POLICIES[retry]), ...(undo && { compensate: undoing(context, name) }) },
  );
}

export async function once(
  context: Context,
  { name, throws, undo }: Extract<Statement, { do: "once" }>,
  value: number,
): Promise<number> {
  const { step, run, effects } = context;
  const message = `${name} failed at ${value}`;
  const ended = step.run(
    name,
    async ({ idempotencyKey }) => {
      effects.ranOnce(run, idempotencyKey);
      await sleep(BODY_MS);
      if (throws) throw new Error(message);
      return fold(value, name);
    },
    { atMostOnce: true, ...(undo && { compensate: undoing(context, name) }) },
  );
  await ended.catch((error: unknown) => {
    const isOwn = error instanceof StepError && error.message === message;
    if (!(isOwn || error instanceof StepInterruptedError)) throw error;
  });
  // The same however it went: what hit it is chance.
  return fold(value, "once");
}

function undoing({ run, effects }: Context, name: string) {
  return (_: unknown, { idempotencyKey }: { idempotencyKey: string }) =>
    effects.undone(run, idempotencyKey, name);
}
