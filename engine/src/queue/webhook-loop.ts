// Sends what is owed to webhooks. Who takes a delivery has half a minute for it; then another process may, with the same id: a receiver may
// see one twice, and knows it by that. A webhook that is slow holds up itself and no other.

import type { EngineKeys } from "../auth/engine-keys.ts";
import { retryInMs } from "../domain/webhook.ts";
import type { FetchClient } from "../endpoint/fetch-client.ts";
import { sendWebhook } from "../endpoint/webhook-sender.ts";
import { faultPoint } from "../runtime/fault-points.ts";
import type { NextRound } from "../runtime/loop.ts";
import { type DeliveryTaken, endAttempt, sweepDeliveries, takeDeliveries } from "../store/deliveries.ts";
import { webhookSecrets } from "../store/webhooks.ts";
import { type PollingOptions, PollingService } from "./polling-service.ts";

export interface WebhookLoopOptions extends PollingOptions {
  readonly engineKeys: EngineKeys;
  /** Its own: what is under way when it stops is given up. */
  readonly fetchClient: FetchClient;
}

/** Under way at once in this process. */
const UNDER_WAY_MAX = 32;
/** Of one webhook, before it gets no more. */
const PER_WEBHOOK_MAX = 8;
const SWEPT_AT_ONCE = 1_000;

export class WebhookLoop extends PollingService<WebhookLoopOptions> {
  readonly #underWay = new Map<Promise<void>, string>();

  constructor(options: WebhookLoopOptions) {
    super(options, { name: "webhooks", failed: "sending to webhooks failed" });
  }

  override async stop(): Promise<void> {
    await super.stop();
    this.options.fetchClient.giveUp();
    await Promise.all(this.#underWay.keys());
  }

  protected async round(): Promise<NextRound> {
    const { database } = this.options;
    const free = UNDER_WAY_MAX - this.#underWay.size;
    if (free === 0) return "later";
    const taken = await takeDeliveries(database, free, this.#busy());
    if (taken.length === 0) {
      await sweepDeliveries(database, SWEPT_AT_ONCE);
      return "later";
    }
    for (const delivery of taken) {
      const work = this.#send(delivery).finally(() => {
        this.#underWay.delete(work);
        this.soon();
      });
      this.#underWay.set(work, delivery.webhookId);
    }
    return "later";
  }

  #busy(): string[] {
    const count = new Map<string, number>();
    for (const id of this.#underWay.values()) count.set(id, (count.get(id) ?? 0) + 1);
    return [...count].filter(([, of]) => of >= PER_WEBHOOK_MAX).map(([id]) => id);
  }

  /** Never rejects: what is not recorded is sent again. */
  async #send(delivery: DeliveryTaken): Promise<void> {
    const { database, engineKeys, log, random } = this.options;
    const { workspaceId, webhookId, url, body, attempt } = delivery;
    try {
      const secrets = await webhookSecrets(database, engineKeys, workspaceId, webhookId);
      const end = await sendWebhook(this.options, { url, id: `msg_${delivery.id}`, body, secrets });
      await faultPoint("webhooks.sent");
      if (end.kind === "given-up") return;
      const state = await endAttempt(database, delivery, {
        status: end.status,
        error: end.kind === "taken" ? null : end.detail,
        retryInMs: retryInMs(attempt, random.float()),
        isGone: end.kind === "not-taken" && end.isGone,
      });
      if (end.kind === "not-taken")
        log.warn({ webhookId, attempt, state }, `a webhook was not taken: ${end.detail}`);
    } catch (error) {
      log.warn({ err: error, webhookId }, "sending to a webhook failed; it is tried again");
    }
  }
}
