import type { AnswerOf } from "@durable/engine/api";
import type { Tone } from "../../words/run-status.ts";

export type Webhook = AnswerOf<"listWebhooks">["webhooks"][number];
export type Delivery = AnswerOf<"getWebhook">["deliveries"][number];

interface Face {
  readonly label: string;
  readonly tone: Tone;
}

export const WEBHOOK_STATE: Readonly<Record<Webhook["state"], Face>> = {
  enabled: { label: "Enabled", tone: "good" },
  disabled: { label: "Disabled", tone: "gone" },
  failed: { label: "Given up", tone: "bad" },
};

export const DELIVERY_STATE: Readonly<Record<Delivery["state"], Face>> = {
  waiting: { label: "Waiting", tone: "calm" },
  delivered: { label: "Delivered", tone: "good" },
  "given-up": { label: "Given up", tone: "bad" },
};

/** What can be sent, in groups. */
export const EVENT_CHOICES: readonly { readonly pattern: string; readonly label: string }[] = [
  { pattern: "durable.alert.*", label: "Alerts" },
  { pattern: "durable.run.failed", label: "Every run that failed" },
  { pattern: "durable.run.completed", label: "Every run that completed" },
  { pattern: "durable.run.cancelled", label: "Every run that was cancelled" },
  { pattern: "durable.input.*", label: "Questions to people" },
];
