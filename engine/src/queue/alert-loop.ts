// Tells what is wrong before somebody looks. What is wrong is found by one process at a time, from what is there anyway; that it is told
// is an obligation, so who dies in between leaves it to the next one, and the id of the event makes twice once.

import { type AlertFacts, alertEventName, alertSentence } from "../domain/alert.ts";
import { faultPoint } from "../runtime/fault-points.ts";
import type { NextRound } from "../runtime/loop.ts";
import { type AlertNotice, clearAlertNotices, findAlertNotices, lookForAlerts } from "../store/alerts.ts";
import { oweDeliveries } from "../store/deliveries.ts";
import { type PollingOptions, PollingService } from "./polling-service.ts";
import { type AcceptEvent, eventIdOf, sendOwedEvent } from "./send-owed-event.ts";

export interface AlertLoopOptions extends PollingOptions {
  readonly accept: AcceptEvent;
}

/** Of all engines together: what is looked at costs some milliseconds. */
const LOOK_EVERY_MS_MAX = 10_000;
/** Engines that look often, as in tests, find alerts soon. */
const POLLS_PER_LOOK = 20;
const BATCH = 100;

export class AlertLoop extends PollingService<AlertLoopOptions> {
  constructor(options: AlertLoopOptions) {
    super(options, { name: "alerts", failed: "looking for alerts failed", pauseMs: everyMs(options) });
  }

  protected async round(): Promise<NextRound> {
    const { database } = this.options;
    await lookForAlerts(database, everyMs(this.options));
    const notices = await findAlertNotices(database, BATCH);
    if (notices.length === 0) return "later";
    const events = notices.map((notice) => ({ ...eventOf(notice), workspaceId: notice.workspaceId }));
    for (const { workspaceId, ...event } of events) {
      await sendOwedEvent(this.options, workspaceId, event);
      await faultPoint("alerts.sent");
    }
    await oweDeliveries(
      database,
      events.map((event) => ({ ...event, runId: null, eventId: eventIdOf(event) })),
    );
    await clearAlertNotices(database, notices);
    return notices.length === BATCH ? "again" : "later";
  }
}

function everyMs({ pollMs }: AlertLoopOptions): number {
  return Math.min(LOOK_EVERY_MS_MAX, pollMs * POLLS_PER_LOOK);
}

function eventOf({ id, kind, key, state, facts: text, fired_at, resolved_at, atMs }: AlertNotice) {
  const facts = JSON.parse(text) as AlertFacts;
  const data = {
    alert: id,
    kind,
    key,
    state,
    message: alertSentence(kind, facts),
    facts,
    fired_at,
    resolved_at,
  };
  return { name: alertEventName(kind), of: `${id}/${state}`, data: JSON.stringify(data), timeMs: atMs };
}
