// What the core may ask of the world. Everything above runtime/ gets these and nothing else, so that a
// simulation can hand in its own.

export interface Clock {
  /** Never goes back. Every duration, deadline and self-fence is measured with it. */
  monotonicMs(): number;
  /** Milliseconds since 1970 as the database sees it: monotonic time plus an offset learned from heartbeats. */
  epochMs(): number;
  /** The same for a monotonic instant of the past. */
  epochOf(monotonicMs: number): number;
}

export interface Random {
  /** A random (version 4) UUID: fences and dispatch ids. */
  uuid(): string;
  /** In [0, 1): jitter. */
  float(): number;
  bytes(count: number): Uint8Array;
}

export interface Timers {
  /** Calls `fn` once after `ms` unless the returned function was called before. Never keeps a process alive. */
  after(ms: number, fn: () => void): () => void;
}

export interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly timers: Timers;
}
