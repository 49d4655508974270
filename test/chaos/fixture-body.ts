import { AsyncLocalStorage } from "node:async_hooks";
import { createHash, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { NonRetriableError, StepInterruptedError } from "../../sdk-ts/src/index.ts";
import { type AppLine, hashOf } from "../invariants/app-log.ts";
import type { Instruction } from "./programs.ts";

// What a step of the fixture does: nothing but to write down that it was done, and how.

/** In which request user code runs. */
export const currentRequest = new AsyncLocalStorage<string>();

export const RETRY = { max: 5, backoff: "constant", base: 200, jitter: false } as const;

/** A step that beats fails once more whenever its app stands still. */
const BEATING = { retry: { ...RETRY, max: 20 }, heartbeatTimeout: "1s" } as const;
const BEAT_MS = 100;

export interface Told {
  // biome-ignore lint/suspicious/noExplicitAny: an interpreter does not know the types of what it runs
  readonly step: any;
  readonly run: string;
  readonly write: (line: AppLine) => void;
  /** Where the engine finds this app, for calls of its own. */
  readonly url: string;
}

interface Execution {
  readonly idempotencyKey: string;
  readonly attempt: number;
  readonly signal: AbortSignal;
  readonly heartbeat: (progress: unknown) => Promise<void>;
}

/** By our own code, not the SDK's: the idempotency key is checked against it. */
export function idOf(name: string, scope = ""): string {
  return createHash("sha256").update(`${scope}\u001f${name}\u001f0`).digest("hex").slice(0, 32);
}

export function body(
  instruction: Extract<Instruction, { do: "run" }>,
  { step, run, write }: Told,
  scope = "",
): Promise<unknown> {
  const { name, ms, failures, fatal, says = 0, undo = false, once = false, beats = false } = instruction;
  const stepId = idOf(name, scope);
  const compensate = (_: unknown, { idempotencyKey }: Pick<Execution, "idempotencyKey">) =>
    write({ kind: "undo", t: Date.now(), run, stepId, name, key: idempotencyKey });
  const execute = async ({ idempotencyKey, attempt, heartbeat, signal }: Execution) => {
    const request = currentRequest.getStore() ?? "none";
    // No two executions return the same, so a recorded result says which execution it is of.
    const execution = randomUUID();
    write({
      kind: "start",
      t: Date.now(),
      run,
      request,
      stepId,
      name,
      key: idempotencyKey,
      attempt,
      attemptsMax: once ? 1 : (beats ? BEATING.retry : RETRY).max,
      once,
      backoffMs: RETRY.base,
    });
    const end = (hash: string | null, retriable = true) =>
      write({
        kind: "end",
        t: Date.now(),
        run,
        request,
        stepId,
        attempt,
        hash,
        retriable,
        undo,
        said: Array.from({ length: says }, (_, no) => `${execution} ${no}`),
      });
    for (let no = 0; no < says; no += 1) step.log(`${execution} ${no}`, { no });
    for (let leftMs = ms; beats && leftMs > BEAT_MS; leftMs -= BEAT_MS) {
      await heartbeat({ leftMs });
      await sleep(BEAT_MS, undefined, { signal });
    }
    if (ms > 0 && !beats) await sleep(ms);
    if (fatal) {
      end(null, false);
      throw new NonRetriableError("fatal, as told");
    }
    if (attempt <= failures) {
      end(null);
      throw new Error("failed, as told");
    }
    const value = { name, execution };
    end(hashOf(value));
    return value;
  };
  if (once) return step.run(name, execute, { atMostOnce: true }).catch(unlessInterrupted);
  if (beats) return step.run(name, execute, BEATING);
  return step.run(name, execute, undo ? { compensate: { run: compensate, retry: RETRY } } : undefined);
}

/** It may have run; whoever asked goes on either way. */
function unlessInterrupted(error: unknown): string {
  if (error instanceof StepInterruptedError) return error.name;
  throw error;
}
