import { isEventNameFor } from "@durable/protocol/wire";
import { ALERT_KINDS, alertEventName } from "./alert.ts";

/** `disabled`: by a person. `failed`: it has taken nothing for a day, or has said that it never will. */
export const WEBHOOK_STATES = ["enabled", "disabled", "failed"] as const;
export type WebhookState = (typeof WEBHOOK_STATES)[number];

export const DELIVERY_STATES = ["waiting", "delivered", "given-up"] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export const TEST_EVENT_NAME = "durable.webhook.test";

/** All that is sent to webhooks. */
export const WEBHOOK_EVENTS: readonly string[] = [
  ...["completed", "failed", "cancelled"].map((status) => `durable.run.${status}`),
  ...["requested", "reminder", "escalated"].map((what) => `durable.input.${what}`),
  ...ALERT_KINDS.map(alertEventName),
];

/** Whether a name, or a pattern with `*`, means anything that is sent. */
export function isWebhookEvent(pattern: string): boolean {
  return WEBHOOK_EVENTS.some((name) => isEventNameFor(pattern, name));
}

const FIRST_MS = 5_000;
const LONGEST_MS = 3_600_000;

/**
 * Until the next attempt: 5 s, 10 s, 20 s, ... an hour, each a fifth more or less.
 * @param attempt The one that was not taken, from 1.
 * @param random From 0 to 1.
 */
export function retryInMs(attempt: number, random: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt - 1, 20)) * (0.8 + 0.4 * random);
}
