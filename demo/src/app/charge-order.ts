import { setTimeout as work } from "node:timers/promises";
import { createFunction } from "@durable/sdk";
import type { Ledger } from "./ledger.ts";

interface Order {
  readonly order: number;
  readonly total: number;
  readonly customer: { readonly id: number; readonly name: string };
  readonly cooldown?: string;
}

/** An order: two checks side by side, a card reader that fails twice, and an event that starts `onboarding`. */
export function chargeOrder(ledger: Ledger) {
  return createFunction({
    id: "charge-order",
    trigger: { event: "order.placed" },
    handler: async ({ event, step }) => {
      const { order, total, customer, cooldown } = event.data as Order;
      const [stock] = await Promise.all([
        step.run("reserve-stock", async ({ idempotencyKey }) => {
          await work(250);
          return ledger.perform(idempotencyKey, "stock reserved", { order });
        }),
        step.run("check-address", async () => {
          await work(250);
          return { deliverable: true };
        }),
      ]);
      const charge = await step.run(
        "charge-card",
        async ({ idempotencyKey, attempt }) => {
          await work(150);
          if (attempt < 3) throw new Error("the card reader does not answer");
          return ledger.perform(idempotencyKey, "card charged", { order: stock.order, total });
        },
        { retry: { max: 5, backoff: "exponential", base: "600ms", jitter: false } },
      );
      await step.sendEvent("welcome-customer", { name: "user.created", data: { ...customer, cooldown } });
      return { charged: charge.total };
    },
  });
}
