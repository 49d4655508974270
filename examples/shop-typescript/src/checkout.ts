import { createFunction, NonRetriableError, StepError } from "@durable/sdk";
import { CardDeclinedError } from "./errors.ts";
import type { Ledger } from "./ledger.ts";
import { Order } from "./order.ts";

/** An order, until it is on its way. When it fails, what was done is undone. */
export function checkout(ledger: Ledger, partner: string) {
  return createFunction({
    id: "checkout",
    trigger: { event: "order.placed", schema: Order },
    retry: { max: 4, backoff: "exponential", base: "200ms" },
    handler: async ({ event, step }) => {
      const { order, total, card, to, patience, coolingOff } = event.data;

      // What is recorded is undone when the run fails: what may fail for good comes after what is to be undone.
      const { tax } = await step.parallel({
        stock: (branch) =>
          branch.run(
            "reserve stock",
            ({ idempotencyKey }) => ledger.enter(idempotencyKey, "stock reserved", order),
            { compensate: (_, { idempotencyKey }) => ledger.enter(idempotencyKey, "stock released", order) },
          ),
        tax: (branch) => branch.run("tax", () => Math.ceil(total * 0.081)),
      });

      const charge = await step.run(
        "charge card",
        ({ idempotencyKey, attempt }) => {
          if (card === "busy" && attempt === 1) throw new Error("no line to the bank");
          if (card === "stolen") throw new CardDeclinedError(`the bank keeps the card of order ${order}`);
          return ledger.enter(idempotencyKey, "card charged", order);
        },
        { compensate: (_, { idempotencyKey }) => ledger.enter(idempotencyKey, "card refunded", order) },
      );

      // Nothing runs while it waits: no process, no connection.
      const approval = await step.waitForEvent("approval", {
        event: "order.approved",
        match: { order },
        timeout: patience,
      });
      if (approval === null) throw new NonRetriableError(`nobody approved order ${order}`);
      await step.sleep("cooling off", coolingOff);

      let delivery: unknown;
      try {
        // A function of the other shop, in the other language. It throws here what it fails with.
        delivery = await step.invoke("ship", "ship", { app: partner, input: { order, to } });
      } catch (error) {
        if (!(error instanceof StepError) || error.name !== "NoCarrierError") throw error;
        const cause = error.cause === undefined ? null : (error.cause as Error).name;
        delivery = { collect: `${error.name}: ${error.message}`, cause };
      }
      await step.sendEvent("tell", { name: "order.settled", data: { order } });
      return { order, paid: total + tax, charge, delivery };
    },
  });
}
