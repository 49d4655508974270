import type { Patch } from "./messages.ts";

/**
 * Somebody who looks at a page sees one thing move at once, and of a thousand no more than ten states a second. What is told
 * together is drawn together.
 */
const EVERY_MS = 100;

/** Patches on their way to the tabs: the first of a quiet line at once, those of a busy one in bundles. */
export class Patches {
  readonly #tell: (patches: readonly Patch[]) => void;
  #held: Patch[] = [];
  #toldMs = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(tell: (patches: readonly Patch[]) => void) {
    this.#tell = tell;
  }

  /** Those of one message of the engine arrive in one go, so even the first is told with its fellows. */
  add(patch: Patch): void {
    this.#held.push(patch);
    this.#timer ??= setTimeout(
      () => this.tellNow(),
      Math.max(0, this.#toldMs + EVERY_MS - performance.now()),
    );
  }

  tellNow(): void {
    clearTimeout(this.#timer ?? undefined);
    this.#timer = null;
    if (this.#held.length === 0) return;
    const patches = this.#held;
    this.#held = [];
    this.#toldMs = performance.now();
    this.#tell(patches);
  }
}
