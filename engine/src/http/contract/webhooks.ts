import { z } from "@hono/zod-openapi";
import { DELIVERY_STATES, WEBHOOK_STATES } from "../../domain/webhook.ts";
import { jsonBody, NOTHING, row } from "./row.ts";
import { Instant, Reason, WorkspacePath } from "./shapes.ts";

/** Of one workspace: each costs a look at every event of the engine's. */
export const WEBHOOKS_MAX = 20;
const DELIVERIES_PER_PAGE_MAX = 200;
const OVERLAP_S_MAX = 31 * 86_400;

const Url = z.string().max(2_000).openapi({ example: "https://ops.example.com/durable" });
const Events = z
  .array(z.string().max(200))
  .min(1)
  .max(20)
  .openapi({
    description: "Of `durable.run.*`, `durable.input.*` and `durable.alert.*`; `*` stands for anything.",
    example: ["durable.alert.*", "durable.run.failed"],
  });
const Secret = z.string().openapi({
  description: "`whsec_...`, shown once: what a library of Standard Webhooks verifies with.",
});

const Webhook = z
  .object({
    id: z.string(),
    url: Url,
    events: Events,
    state: z.enum(WEBHOOK_STATES).openapi({
      description:
        "`failed`: it has taken nothing for a day, or answered 410; nothing is sent until it is enabled.",
    }),
    why: z.string().nullable(),
    failing_since: Instant.nullable(),
    waiting: z.number().int().openapi({ description: "Deliveries that were not taken yet." }),
    created_at: Instant,
  })
  .openapi("Webhook");

const WebhookPath = WorkspacePath.extend({ id: z.string() });
const of = { group: "apps", params: WebhookPath, query: NOTHING, status: 200 } as const;
const path = "/v1/apps/{app}/{env}/webhooks";

export const createWebhook = row({
  ...of,
  method: "post",
  path,
  summary: "Send events of the engine's to an address",
  description:
    "Each is sent as Standard Webhooks has it until it is answered with 2xx: at least once, with the same `webhook-id` each time, for a day.",
  action: "webhooks.manage",
  params: WorkspacePath,
  body: jsonBody(z.strictObject({ url: Url, events: Events, reason: Reason }).openapi("WebhookRequest")),
  answer: Webhook.extend({ secret: Secret }).openapi("WebhookCreated"),
  status: 201,
  problems: ["not-found", "unsafe-url"],
});

export const listWebhooks = row({
  ...of,
  method: "get",
  path,
  summary: "List webhooks, without their secrets",
  action: "webhooks.read",
  params: WorkspacePath,
  body: null,
  answer: z.object({ webhooks: z.array(Webhook) }).openapi("Webhooks"),
  problems: ["not-found"],
});

export const getWebhook = row({
  ...of,
  method: "get",
  path: `${path}/{id}`,
  summary: "One webhook with its last deliveries",
  description: "Deliveries are kept for a week after their end.",
  action: "webhooks.read",
  query: z.strictObject({
    state: z.enum(DELIVERY_STATES).optional(),
    limit: z.coerce.number<number | string>().int().min(0).max(DELIVERIES_PER_PAGE_MAX).default(20),
  }),
  body: null,
  answer: Webhook.extend({
    deliveries: z.array(
      z
        .object({
          id: z.string().openapi({ description: "The `webhook-id` of all its attempts." }),
          event: z.string(),
          name: z.string(),
          state: z.enum(DELIVERY_STATES),
          attempts: z.number().int(),
          last_status: z.number().int().nullable(),
          last_error: z.string().nullable(),
          due_at: Instant.nullable().openapi({ description: "The next attempt." }),
          created_at: Instant,
          ended_at: Instant.nullable(),
        })
        .openapi("WebhookDelivery"),
    ),
  }).openapi("WebhookShown"),
  problems: ["not-found"],
});

export const changeWebhook = row({
  ...of,
  method: "post",
  path: `${path}/{id}`,
  summary: "Change a webhook, disable or enable it",
  description: "What is left out stays as it is. What waits goes on when it is enabled.",
  action: "webhooks.manage",
  body: jsonBody(
    z
      .strictObject({
        url: Url.optional(),
        events: Events.optional(),
        enabled: z.boolean().optional(),
        reason: Reason,
      })
      .openapi("WebhookChange"),
  ),
  answer: Webhook,
  problems: ["not-found", "unsafe-url"],
});

export const deleteWebhook = row({
  ...of,
  method: "delete",
  path: `${path}/{id}`,
  summary: "Delete a webhook with its deliveries",
  action: "webhooks.manage",
  body: null,
  answer: z.object({ id: z.string(), state: z.literal("deleted") }).openapi("WebhookDeleted"),
  problems: ["not-found"],
});

export const testWebhook = row({
  ...of,
  method: "post",
  path: `${path}/{id}/test`,
  summary: "Send a test to a webhook now",
  description: "One `durable.webhook.test`, whatever state it is in, and once.",
  action: "webhooks.manage",
  body: null,
  answer: z
    .object({
      taken: z.boolean(),
      status: z.number().int().nullable(),
      detail: z.string().nullable().openapi({ description: "Why it was not taken." }),
    })
    .openapi("WebhookTested"),
  problems: ["not-found"],
});

export const rotateWebhookSecret = row({
  ...of,
  method: "post",
  path: `${path}/{id}/rotate`,
  summary: "Give a webhook another secret",
  description: "Until the overlap is over both sign, each with an entry of its own in `webhook-signature`.",
  action: "webhooks.manage",
  body: jsonBody(
    z
      .strictObject({ overlap_s: z.number().min(0).max(OVERLAP_S_MAX).default(86_400) })
      .openapi("WebhookRotation"),
    { required: false },
  ),
  answer: z.object({ id: z.string(), secret: Secret }).openapi("WebhookRotated"),
  problems: ["not-found"],
});
