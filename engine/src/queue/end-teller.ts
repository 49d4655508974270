// What the end of one run means to others, off the commit path: a parent learns what became of its child, a child is
// cancelled that nobody wants any more, who listens for ends gets an event. Each was written down as an obligation in the
// commit that ended the run, so a process that dies here leaves it to the next one; an entry settles once, a run ends
// once and an event is accepted once, so twice is once.

import { faultPoint } from "../runtime/fault-points.ts";
import type { NextRound } from "../runtime/loop.ts";
import { cancelCascades, settleChildEnds } from "../store/children.ts";
import { type EndEventsParts, tellEndEvents } from "./end-events.ts";
import { type PollingOptions, PollingService } from "./polling-service.ts";

export interface EndTellerOptions extends PollingOptions, EndEventsParts {
  /** Parents may have become ready, and children to be undone. */
  readonly settled: () => void;
}

const BATCH = 500;
/** Fewer than make the door think that senders press. */
const EVENTS_BATCH = 100;

export class EndTeller extends PollingService<EndTellerOptions> {
  constructor(options: EndTellerOptions) {
    super(options, { name: "end-teller", failed: "telling of ends failed" });
  }

  protected async round(): Promise<NextRound> {
    const { database, settled } = this.options;
    await faultPoint("ends.before");
    const told = await settleChildEnds(database, BATCH);
    if (told > 0) settled();
    // Who is cancelled may have children, and steps to undo.
    const cancelled = await cancelCascades(database, BATCH);
    if (cancelled > 0) settled();
    const accepted = await tellEndEvents(this.options, EVENTS_BATCH);
    return told === BATCH || cancelled > 0 || accepted === EVENTS_BATCH ? "again" : "later";
  }
}
