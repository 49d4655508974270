import type { SigningKey } from "@durable/protocol/wire";
import type { buildConnector } from "undici";
import type { Clock, Timers } from "../runtime/ports.ts";
import type { Endpoint } from "./check-url.ts";
import { Connections, SHUTDOWN } from "./connections.ts";
import { Deadlines } from "./deadlines.ts";
import type { DispatchResult } from "./dispatch-result.ts";
import { excerpt } from "./excerpt.ts";
import { Exchange, type Patience } from "./exchange.ts";
import type { StreamTerms } from "./request-stream.ts";
import type { SignedRequest } from "./signed-request.ts";

export interface AppClientOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  /** The guarded one of `connector.ts`. Nothing else may open a socket to an app. */
  readonly connect: buildConnector.connector;
  readonly maxConnectionsPerOrigin?: number;
  /** Beyond it the origin used longest ago is closed, if nothing is under way there. */
  readonly maxOrigins?: number;
  readonly idleOriginMs?: number;
}

/** A call while it lasts, in the hand of who made it. */
export interface Line {
  /** Ends the call in the middle: it is broken then, for this reason. */
  hangUp?: ((why: string) => void) | undefined;
}

/**
 * Calls apps. `call` never throws and never rejects for anything an app, its network or its server does: every way
 * it can end is a `DispatchResult`.
 */
export class AppClient {
  readonly #options: Required<AppClientOptions>;
  readonly #origins = new Map<string, Connections>();
  readonly #deadlines: Deadlines;
  #cancelTidy: (() => void) | null = null;
  #closed = false;

  constructor(options: AppClientOptions) {
    this.#options = { maxConnectionsPerOrigin: 1_024, maxOrigins: 1_000, idleOriginMs: 60_000, ...options };
    this.#deadlines = new Deadlines(options.clock, options.timers);
  }

  call(
    endpoint: Pick<Endpoint, "origin" | "path">,
    request: SignedRequest,
    replyKeys: readonly SigningKey[],
    patience: Patience,
    line: Line = {},
    stream?: StreamTerms,
  ): Promise<DispatchResult> {
    return new Promise((resolve) => {
      const { clock, timers } = this.#options;
      const exchange: Exchange = new Exchange({
        clock,
        timers,
        where: endpoint.origin,
        path: endpoint.path,
        request,
        expected: { id: request.id, replyKeys },
        patience,
        stream,
        settle: (result) => {
          this.#deadlines.forget(exchange);
          line.hangUp = undefined;
          resolve(result);
        },
      });
      line.hangUp = (why) => exchange.cut(why);
      if (this.#closed) return exchange.neverArrived("shutdown", SHUTDOWN);
      this.#deadlines.watch(exchange);
      try {
        this.#connectionsTo(endpoint.origin).carry(exchange);
      } catch (error) {
        // An origin undici cannot take apart: stored by an older engine, or written into the table by hand.
        const why = error instanceof Error ? error.message : String(error);
        exchange.neverArrived(
          "unsafe-address",
          `${excerpt(endpoint.origin)} is no URL that can be called (${why}).`,
        );
      }
    });
  }

  /** Requests in flight, over all origins. */
  get inFlight(): number {
    return this.#deadlines.size;
  }

  /** Ends what is under way as if its time were over: a process that must leave hands its runs to others. */
  giveUp(): void {
    this.#deadlines.expireAll();
  }

  /** Waits for what is under way; a caller in a hurry relies on the deadlines it gave. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelTidy?.();
    await Promise.all(Array.from(this.#origins.values(), (connections) => connections.close()));
    this.#origins.clear();
  }

  #connectionsTo(origin: string): Connections {
    const { clock, connect, maxConnectionsPerOrigin, maxOrigins } = this.#options;
    let connections = this.#origins.get(origin);
    if (connections === undefined) {
      if (this.#origins.size >= maxOrigins) this.#dropLongestUnused();
      connections = new Connections(origin, connect, maxConnectionsPerOrigin);
      this.#origins.set(origin, connections);
      if (this.#cancelTidy === null) this.#tidyLater();
    }
    connections.lastUsedMs = clock.monotonicMs();
    return connections;
  }

  #dropLongestUnused(): void {
    let oldest: Connections | null = null;
    for (const each of this.#origins.values()) {
      if (each.idle && (oldest === null || each.lastUsedMs < oldest.lastUsedMs)) oldest = each;
    }
    // With all of them busy the map grows: the number of runs under way bounds it then.
    if (oldest !== null) this.#drop(oldest);
  }

  #tidyLater(): void {
    const { clock, timers, idleOriginMs } = this.#options;
    this.#cancelTidy = timers.after(idleOriginMs, () => {
      this.#cancelTidy = null;
      const unusedSinceMs = clock.monotonicMs() - idleOriginMs;
      for (const each of this.#origins.values()) {
        if (each.idle && each.lastUsedMs <= unusedSinceMs) this.#drop(each);
      }
      if (this.#origins.size > 0) this.#tidyLater();
    });
  }

  #drop(connections: Connections): void {
    this.#origins.delete(connections.origin);
    void connections.close();
  }
}
