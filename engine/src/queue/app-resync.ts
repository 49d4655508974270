import type { Logger } from "pino";
import { type SyncParts, syncApp } from "../registry/sync-app.ts";

/** An app in the middle of a deploy answers with two manifests by turns; once in a while is enough. */
const EVERY_MS = 5_000;

/**
 * Asks an app for its functions when one of its answers carried another manifest than the one they were read from.
 * A port that cannot call out needs nothing else; and asking is all that an answer can cause.
 */
export class AppResync {
  readonly #parts: SyncParts;
  readonly #log: Logger;
  readonly #askedAtMs = new Map<number, number>();
  readonly #running = new Map<number, Promise<void>>();

  constructor(parts: SyncParts, log: Logger) {
    this.#parts = parts;
    this.#log = log;
  }

  ask(workspaceId: number): void {
    const nowMs = this.#parts.clock.monotonicMs();
    if (nowMs - (this.#askedAtMs.get(workspaceId) ?? Number.NEGATIVE_INFINITY) < EVERY_MS) return;
    this.#askedAtMs.set(workspaceId, nowMs);
    const sync = syncApp(this.#parts, { workspaceId, url: undefined, actor: "engine", mayMove: false })
      .then(() => {})
      .catch((error: unknown) =>
        this.#log.warn({ err: error, workspaceId }, "the app's functions changed and could not be read"),
      )
      .finally(() => this.#running.delete(workspaceId));
    this.#running.set(workspaceId, sync);
  }

  /** Resolves when none is under way. */
  idle(workspaceId: number): Promise<void> {
    return this.#running.get(workspaceId) ?? Promise.resolve();
  }
}
