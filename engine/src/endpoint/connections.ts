import { type buildConnector, Client } from "undici";
import type { Exchange, Lender } from "./exchange.ts";

/**
 * The connections to one origin, at most `max`, one request at a time on each.
 *
 * Undici's own Pool looks through all its connections for a free one and drops one that failed to connect while
 * requests still wait on it. Here free ones lie on a stack: the warmest is on top, the search costs nothing, and
 * those at the bottom close by themselves when they have been idle for some seconds.
 */
export class Connections implements Lender {
  readonly origin: string;
  /** Monotonic; written by the owner, which closes origins nobody calls any more. */
  lastUsedMs = 0;

  readonly #connect: buildConnector.connector;
  readonly #max: number;
  readonly #all = new Set<Client>();
  readonly #free: Client[] = [];
  readonly #waiting: Exchange[] = [];

  constructor(origin: string, connect: buildConnector.connector, max: number) {
    this.origin = origin;
    this.#connect = connect;
    this.#max = max;
  }

  get idle(): boolean {
    return this.#free.length === this.#all.size;
  }

  carry(exchange: Exchange): void {
    exchange.lender = this;
    const client = this.#free.pop() ?? (this.#all.size < this.#max ? this.#open() : undefined);
    if (client === undefined) this.#waiting.push(exchange);
    else this.#start(client, exchange);
  }

  ended(exchange: Exchange): void {
    const { client, hungUp } = exchange;
    if (client === null) return;
    exchange.client = null;
    if (hungUp) this.#all.delete(client);
    else if (this.#waiting.length === 0) return void this.#free.push(client);
    // Not at once: this is called from inside undici, which has not finished taking leave of the last request and
    // would find a new one where it asserts that there is none.
    queueMicrotask(() => {
      // After an abort undici would dial again, only to find that the request is gone.
      if (hungUp) void client.destroy();
      this.#serveNext(hungUp ? null : client);
    });
  }

  /** Requests under way are finished first; those that wait are told that they were not sent. */
  async close(): Promise<void> {
    for (const exchange of this.#waiting.splice(0)) {
      if (!exchange.settled) exchange.neverArrived("shutdown", SHUTDOWN);
    }
    await Promise.all(Array.from(this.#all, (client) => client.close()));
  }

  #serveNext(client: Client | null): void {
    // Its place may have been taken meanwhile; whoever took it serves the next when it ends.
    if (client === null && this.#all.size >= this.#max) return;
    let exchange = this.#waiting.shift();
    while (exchange?.settled) exchange = this.#waiting.shift(); // it gave up while it waited
    if (exchange !== undefined) this.#start(client ?? this.#open(), exchange);
    else if (client !== null) this.#free.push(client);
  }

  #start(client: Client, exchange: Exchange): void {
    exchange.client = client;
    const { path, request } = exchange.parts;
    client.dispatch({ path, method: "POST", headers: request.headers, body: exchange.body }, exchange);
  }

  #open(): Client {
    // Undici's timers are off: all waiting is measured by `Deadlines`, with the engine's clock.
    const client = new Client(this.origin, {
      connect: this.#connect,
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: 16 * 1024,
      // Below the 5 s after which a Node server closes an idle connection: a request that crosses that close on the
      // wire ends as "reset", and a reset costs the run a transport back-off.
      keepAliveTimeout: 4_000,
      keepAliveMaxTimeout: 60_000,
      // A busy connection would otherwise stay with an address long after DNS has moved the app elsewhere.
      maxRequestsPerClient: 1_000,
    });
    this.#all.add(client);
    return client;
  }
}

export const SHUTDOWN = "This engine process is shutting down; another one continues the run.";
