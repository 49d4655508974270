import type { Logger } from "pino";
import type { Timers } from "../runtime/ports.ts";
import type { Service } from "../runtime/service.ts";
import type { Database } from "../store/database.ts";

const CHANNEL = "durable_ready";
/** NOTIFY inside a commit costs more than half of all commits; one on the side, at most this often, costs nothing. */
const TELL_EVERY_MS = 50;

export interface ReadyHintOptions {
  readonly database: Database;
  readonly timers: Timers;
  readonly log: Logger;
  /** Another process left work in ready. */
  readonly heard: () => void;
}

/** Tells other engines that there is work this one has no slot for. Only a hint: polling is the truth. */
export class ReadyHint implements Service {
  readonly name = "ready-hint";
  readonly #options: ReadyHintOptions;
  #unlisten: (() => Promise<void>) | null = null;
  #telling = false;

  constructor(options: ReadyHintOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { database, heard } = this.#options;
    this.#unlisten = await database.listen(CHANNEL, heard);
  }

  async stop(): Promise<void> {
    await this.#unlisten?.().catch(() => {});
    this.#unlisten = null;
  }

  tell(): void {
    if (this.#telling || this.#unlisten === null) return;
    this.#telling = true;
    const { database, log, timers } = this.#options;
    timers.after(TELL_EVERY_MS, () => {
      this.#telling = false;
    });
    database.sql`select pg_notify(${CHANNEL}, '')`.catch((error: unknown) =>
      log.debug({ err: error }, "the hint to other engines did not get through; they poll"),
    );
  }
}
