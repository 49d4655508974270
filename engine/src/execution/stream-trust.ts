import type { WorkspaceEntry } from "../registry/workspace-registry.ts";
import type { Clock } from "../runtime/ports.ts";
import type { Held } from "./held-run.ts";

/** A request may stay open for so long, or for this part of what the app says one request may take. */
const OPEN_MS_MAX = 5_000;
const OPEN_PART = 0.1;
/** Something between may have been replaced by then. */
const ASK_AGAIN_MS_MIN = 60_000;
const ASK_AGAIN_MS_MAX = 3_600_000;

/** Of one app, in this process. What else is asked of it finds connections that are free. */
export const STREAMS_MAX = 256;

interface Doubt {
  readonly untilMs: number;
  readonly forMs: number;
}

export interface StreamTrustOptions {
  readonly clock: Clock;
  /** False where every turn shall be a replay, so that code which does not repeat itself is found early. */
  readonly isOn: boolean;
}

/**
 * To which apps requests may stay open. Their SDK says that its server can do it; whether all that lies between passes on
 * both directions at once is found out by trying: where it does not, the request ends and is answered as one that was whole.
 */
export class StreamTrust {
  readonly #options: StreamTrustOptions;
  readonly #doubts = new Map<number, Doubt>();
  readonly #open = new Map<number, number>();

  constructor(options: StreamTrustOptions) {
    this.#options = options;
  }

  /** Whether this dispatch may be one: a run that goes on, at the newest deployment. */
  allows(held: Held, { workspaceId, endpoint, newest }: WorkspaceEntry): boolean {
    if (!this.#options.isOn || newest !== null || endpoint === null) return false;
    if (held.stepId !== null || held.memo.ending !== null || !endpoint.capabilities.has("stream"))
      return false;
    if ((this.#open.get(workspaceId) ?? 0) >= STREAMS_MAX) return false;
    const doubt = this.#doubts.get(workspaceId);
    return doubt === undefined || this.#options.clock.monotonicMs() >= doubt.untilMs;
  }

  /** A step that begins late on a stream has still nearly all the time that one request may take. */
  openMs({ endpoint }: WorkspaceEntry): number {
    const maxMs = endpoint?.maxDurationMs ?? Number.POSITIVE_INFINITY;
    return Math.min(OPEN_MS_MAX, maxMs * OPEN_PART);
  }

  began(workspaceId: number): void {
    this.#open.set(workspaceId, (this.#open.get(workspaceId) ?? 0) + 1);
  }

  ended(workspaceId: number): void {
    const count = this.#open.get(workspaceId)! - 1;
    if (count === 0) this.#open.delete(workspaceId);
    else this.#open.set(workspaceId, count);
  }

  /** It came through in both directions. */
  passed(workspaceId: number): void {
    if (this.#doubts.size > 0) this.#doubts.delete(workspaceId);
  }

  heldBack(workspaceId: number): void {
    const before = this.#doubts.get(workspaceId)?.forMs ?? ASK_AGAIN_MS_MIN / 2;
    const forMs = Math.min(ASK_AGAIN_MS_MAX, before * 2);
    this.#doubts.set(workspaceId, { forMs, untilMs: this.#options.clock.monotonicMs() + forMs });
  }
}
