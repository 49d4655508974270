// Events about what people are asked: that they are, that they have not answered, that somebody else is asked now. A
// commit cannot say which functions an event starts, so it leaves an obligation, and the event is sent here, by the door
// that all events come in by. Its id is the obligation's: a process that dies between the two sends it once all the same.

import { faultPoint } from "../runtime/fault-points.ts";
import type { NextRound } from "../runtime/loop.ts";
import { oweDeliveries } from "../store/deliveries.ts";
import { clearInputNotice, findInputNotices, type InputNotice } from "../store/inputs.ts";
import { type PollingOptions, PollingService } from "./polling-service.ts";
import { type AcceptEvent, eventIdOf, sendOwedEvent } from "./send-owed-event.ts";

export interface InputNotifierOptions extends PollingOptions {
  readonly accept: AcceptEvent;
}

const BATCH = 100;

export class InputNotifier extends PollingService<InputNotifierOptions> {
  constructor(options: InputNotifierOptions) {
    super(options, { name: "input-notifier", failed: "telling of inputs failed" });
  }

  protected async round(): Promise<NextRound> {
    const { database, log } = this.options;
    for (let after: InputNotice | null = null; ; ) {
      const notices = await findInputNotices(database, after, BATCH);
      const ends = await Promise.allSettled(notices.map((notice) => this.#send(notice)));
      // One that cannot be sent now must not hold up the others.
      for (const end of ends) {
        if (end.status === "rejected") {
          log.warn({ err: end.reason }, "an event about an input could not be sent; it is tried again");
        }
      }
      if (notices.length < BATCH) return "later";
      after = notices.at(-1)!;
    }
  }

  async #send(notice: InputNotice): Promise<void> {
    const { workspaceId, inputId, eventName: name, data, atMs } = notice;
    const event = { name, of: inputId, data, timeMs: atMs };
    await sendOwedEvent(this.options, workspaceId, event);
    const { run: runId } = JSON.parse(data) as { readonly run: string };
    await oweDeliveries(this.options.database, [{ ...event, workspaceId, runId, eventId: eventIdOf(event) }]);
    await faultPoint("notices.sent");
    await clearInputNotice(this.options.database, notice);
  }
}
