// What this folder needs from the world, kept as small as its use. The shapes are those of the engine's ports,
// so the composition root passes its own; a test passes hands it can turn.

export interface EndpointClock {
  /** Never goes back; every duration and deadline is measured with it. */
  monotonicMs(): number;
  /** Wall clock: signatures carry it, and a reply's timestamp is held against it. Nothing else reads it. */
  epochMs(): number;
}

export interface EndpointRandom {
  uuid(): string;
}

export interface EndpointTimers {
  /** Calls `fn` once after `ms` unless the returned function was called before. */
  after(ms: number, fn: () => void): () => void;
}
