import { HeartbeatTimeoutError, StepTimeoutError } from "../errors.ts";
import { monotonicMs } from "../runtime/clock.ts";

export interface Limits {
  readonly name: string;
  /** Of the whole attempt. */
  readonly timeoutMs: number | undefined;
  /** Of its silence. */
  readonly heartbeatTimeoutMs: number | undefined;
}

/** An attempt while it lasts. */
export interface Limited {
  /** Monotonic: when its code began, or said last that it lives. */
  readonly heardMs: number;
  /** Its time is over. */
  abort(error: Error): void;
}

/** What comes of the attempt, or of its limits, whatever is first. */
export async function withinLimits<Value>(
  result: Promise<Value>,
  { name, timeoutMs, heartbeatTimeoutMs }: Limits,
  attempt: Limited,
): Promise<Value> {
  if (timeoutMs === undefined && heartbeatTimeoutMs === undefined) return result;
  // Once it is over nobody listens to the body any more; what it throws then is no unhandled rejection.
  result.catch(() => {});
  const cancels: (() => void)[] = [];
  const over = new Promise<never>((_, reject) => {
    const end = (error: Error) => {
      attempt.abort(error);
      reject(error);
    };
    if (timeoutMs !== undefined) {
      const message = `Step "${name}" took longer than its timeout of ${timeoutMs} ms.`;
      cancels.push(after(timeoutMs, () => end(new StepTimeoutError(message))));
    }
    if (heartbeatTimeoutMs !== undefined) {
      const message = `Step "${name}" gave no heartbeat for ${heartbeatTimeoutMs} ms, its heartbeatTimeout.`;
      cancels.push(onSilence(attempt, heartbeatTimeoutMs, () => end(new HeartbeatTimeoutError(message))));
    }
  });
  try {
    return await Promise.race([result, over]);
  } finally {
    for (const cancel of cancels) cancel();
  }
}

/** Looks at the clock only when it would be over: of heartbeats there may be thousands a second. */
function onSilence(attempt: Limited, ms: number, act: () => void): () => void {
  let cancel = () => {};
  const look = () => {
    const leftMs = attempt.heardMs + ms - monotonicMs();
    if (leftMs > 0) cancel = after(leftMs, look);
    else act();
  };
  look();
  return () => cancel();
}

/** What `setTimeout` can wait; it takes a longer time for none at all, and the attempt would fail as it begins. */
const TIMER_MS_MAX = 2 ** 31 - 1;

function after(ms: number, act: () => void): () => void {
  const timer = setTimeout(act, Math.min(ms, TIMER_MS_MAX));
  return () => clearTimeout(timer);
}
