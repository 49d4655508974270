// What a run's time is spent on. A moment at which several things go on counts as the first of them in this list: who
// waits for a limit while other code of the same run works is not held up by the limit.

/** In the order of precedence. */
export const PHASES = [
  "app", // the app has it: its own figure, by its monotonic clock
  "network", // sent and not answered, without the app's figure
  "engine", // leased: requests made, answers read, decided and committed
  "queue", // ready, and no engine had a free slot
  "limit", // parked at a limit
  "retry", // the pause after a failed attempt
  "child", // a run that it invoked
  "wait", // an event, a signal or a person
  "sleep",
  "begin", // born asleep: delayed, debounced, batched or spread
  "paused", // by a person, or because it needs one
  "lost", // held by an engine that died, until that was noticed
  "idle", // nothing that was recorded says
] as const;

export type Phase = (typeof PHASES)[number];

/** Which limit, and of whom. */
export interface LimitNamed {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  /** JSON text of the key's value; null for a limit without a key. */
  readonly key: string | null;
}

/** Instants are milliseconds since 1970, by the database's clock. Half open: `toMs` belongs to what follows. */
export interface Interval {
  readonly phase: Phase;
  readonly fromMs: number;
  readonly toMs: number;
  /** Of phase `limit`. */
  readonly limit: LimitNamed | null;
}

export function interval(
  phase: Phase,
  fromMs: number,
  toMs: number,
  limit: LimitNamed | null = null,
): Interval {
  return { phase, fromMs, toMs, limit };
}
