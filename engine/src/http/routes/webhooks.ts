import { actorName } from "../../auth/actor.ts";
import { notFound, Problem } from "../../domain/problems.ts";
import { isWebhookEvent, TEST_EVENT_NAME, WEBHOOK_EVENTS } from "../../domain/webhook.ts";
import { checkUrl } from "../../endpoint/check-url.ts";
import { sendWebhook } from "../../endpoint/webhook-sender.ts";
import { newId } from "../../ingest/event-row.ts";
import { noteAction } from "../../store/audit.ts";
import { bodyOf } from "../../store/deliveries.ts";
import * as store from "../../store/webhooks.ts";
import { WEBHOOKS_MAX } from "../contract/webhooks.ts";
import type { Handlers } from "../handlers.ts";
import { invalid } from "../middleware/check.ts";
import type { RouteParts } from "../parts.ts";
import { requireRunId } from "./run-id.ts";

type Operations =
  | "createWebhook"
  | "listWebhooks"
  | "getWebhook"
  | "changeWebhook"
  | "deleteWebhook"
  | "testWebhook"
  | "rotateWebhookSecret";

export function webhookRoutes(parts: RouteParts): Handlers<Operations> {
  const { clock, database, egress, engineKeys, random, webhookClient, workspaceIds } = parts;
  const newSecret = () => `whsec_${Buffer.from(random.bytes(32)).toString("base64")}`;

  async function find({
    app,
    env,
    id: text,
  }: {
    readonly app: string;
    readonly env: string;
    readonly id: string;
  }) {
    const id = requireRunId(text);
    const workspaceId = await workspaceIds.require(app, env);
    const [webhook] = await store.listWebhooks(database, workspaceId, { id, limit: 1 });
    if (webhook === undefined) throw notFound();
    return { workspaceId, webhook };
  }

  function originOf(url: string): string {
    const checked = checkUrl(egress, url);
    if (checked.ok) return checked.endpoint.origin;
    throw new Problem("unsafe-url", checked.detail, {
      errors: [{ pointer: "/url", detail: checked.detail }],
    });
  }

  return {
    async createWebhook({ params, body, actor }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const { url, events, reason = null } = body;
      requireEvents(events);
      const origin = originOf(url);
      const others = await store.listWebhooks(database, workspaceId, { id: null, limit: WEBHOOKS_MAX });
      if (others.length === WEBHOOKS_MAX) {
        throw invalid([
          { pointer: "/url", detail: `is one too many: a workspace has up to ${WEBHOOKS_MAX} webhooks` },
        ]);
      }
      const id = newId(parts);
      const secret = newSecret();
      const webhook = { id, url, origin, events, secret, reason, actor: actorName(actor!) };
      await store.addWebhook(database, engineKeys, workspaceId, webhook);
      const [made] = await store.listWebhooks(database, workspaceId, { id, limit: 1 });
      return { ...made!, secret };
    },

    async listWebhooks({ params }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      return { webhooks: await store.listWebhooks(database, workspaceId, { id: null, limit: WEBHOOKS_MAX }) };
    },

    async getWebhook({ params, query }) {
      const { workspaceId, webhook } = await find(params);
      const { state = null, limit } = query;
      return {
        ...webhook,
        deliveries: await store.listDeliveries(database, workspaceId, webhook.id, { state, limit }),
      };
    },

    async changeWebhook({ params, body, actor }) {
      const { workspaceId, webhook } = await find(params);
      const { url = null, events = null, enabled = null, reason = null } = body;
      if (events !== null) requireEvents(events);
      const origin = url === null ? null : originOf(url);
      const change = { url, origin, events, enabled, reason, actor: actorName(actor!) };
      if (!(await store.changeWebhook(database, workspaceId, webhook.id, change))) throw notFound();
      return (await find(params)).webhook;
    },

    async deleteWebhook({ params, actor }) {
      const { workspaceId, webhook } = await find(params);
      const isDone = await store.deleteWebhook(database, workspaceId, webhook.id, actorName(actor!));
      if (!isDone) throw notFound();
      return { id: webhook.id, state: "deleted" };
    },

    async testWebhook({ params, actor }) {
      const { workspaceId, webhook } = await find(params);
      const of = newId(parts);
      await noteAction(database, workspaceId, {
        ...{ actor: actorName(actor!), action: "webhook.test", target: webhook.id, detail: null },
      });
      const end = await sendWebhook(
        { clock, fetchClient: webhookClient },
        {
          url: webhook.url,
          id: `msg_${of}`,
          body: bodyOf({
            eventId: `${TEST_EVENT_NAME}/${of}`,
            name: TEST_EVENT_NAME,
            data: JSON.stringify({ webhook: webhook.id, message: "This is a test." }),
            timeMs: clock.epochMs(),
          }),
          secrets: await store.webhookSecrets(database, engineKeys, workspaceId, webhook.id),
        },
      );
      if (end.kind === "given-up") {
        return { taken: false, status: null, detail: "The engine stops; ask another one." };
      }
      return end.kind === "taken"
        ? { taken: true, status: end.status, detail: null }
        : { taken: false, status: end.status, detail: end.detail };
    },

    async rotateWebhookSecret({ params, body, actor }) {
      const { workspaceId, webhook } = await find(params);
      const secret = newSecret();
      const rotation = { secret, overlapS: body.overlap_s, actor: actorName(actor!) };
      const isDone = await store.rotateWebhookSecret(database, engineKeys, workspaceId, webhook.id, rotation);
      if (!isDone) throw notFound();
      return { id: webhook.id, secret };
    },
  };
}

function requireEvents(events: readonly string[]): void {
  const index = events.findIndex((pattern) => !isWebhookEvent(pattern));
  if (index === -1) return;
  throw invalid([
    {
      pointer: `/events/${index}`,
      detail: `means nothing that is sent; that is ${WEBHOOK_EVENTS.join(", ")}`,
    },
  ]);
}
