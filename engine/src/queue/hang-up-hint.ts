import type { Service } from "../runtime/service.ts";
import type { Database } from "../store/database.ts";

/** Notified by durable.end_run, with `<run id> <fence>`. */
const CHANNEL = "durable_hang_up";

export interface HangUpHintOptions {
  readonly database: Database;
  /** The lease that this fence named is gone: what the app still does for it is for nothing. */
  readonly heard: (runId: string, fence: string) => void;
}

/**
 * A run was ended while some engine was calling its app: that engine hangs up, so that the code's `signal` fires. Only
 * a hint: without it the code runs to its end, and the fence refuses its result.
 */
export class HangUpHint implements Service {
  readonly name = "hang-up-hint";
  readonly #options: HangUpHintOptions;
  #unlisten: (() => Promise<void>) | null = null;

  constructor(options: HangUpHintOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { database, heard } = this.#options;
    this.#unlisten = await database.listen(CHANNEL, (payload) => {
      const [runId, fence] = payload.split(" ");
      if (runId !== undefined && fence !== undefined) heard(runId, fence);
    });
  }

  async stop(): Promise<void> {
    await this.#unlisten?.().catch(() => {});
    this.#unlisten = null;
  }
}
