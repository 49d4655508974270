import type { Logger } from "pino";
import { Loop, type NextRound } from "../runtime/loop.ts";
import type { Ports } from "../runtime/ports.ts";
import type { Service } from "../runtime/service.ts";
import type { Database } from "../store/database.ts";

/** What every loop over rows of the database is given. */
export interface PollingOptions extends Ports {
  readonly database: Database;
  readonly pollMs: number;
  readonly log: Logger;
}

export interface Polling {
  readonly name: string;
  /** Said with the error when a round fails. */
  readonly failed: string;
  readonly pauseMs?: number;
}

/** A service that is one loop: it looks every so often, and at once when it is kicked. */
export abstract class PollingService<Options extends PollingOptions> implements Service {
  readonly name: string;
  protected readonly options: Options;
  protected readonly loop: Loop;

  constructor(options: Options, { name, failed, pauseMs = options.pollMs }: Polling) {
    this.name = name;
    this.options = options;
    this.loop = new Loop({
      name,
      pauseMs,
      timers: options.timers,
      random: options.random,
      round: () => this.round(),
      onError: (error) => options.log.warn({ err: error }, `${failed}; it is tried again`),
    });
  }

  start(): Promise<void> {
    return this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  /** There is something to do, or the clock has jumped: looks at once. */
  soon(): void {
    this.loop.kick();
  }

  protected abstract round(): Promise<NextRound>;
}
