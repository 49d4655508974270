import { createFunction, StepInterruptedError } from "@durable/sdk";
import { z } from "zod";
import type { Ledger } from "./ledger.ts";

/** The old mail server takes no key, so two calls would be two mails: it is called at most once. */
export function mail(ledger: Ledger) {
  return createFunction({
    id: "mail",
    trigger: { event: "order.settled", schema: z.object({ order: z.string() }) },
    handler: async ({ event, step }) => {
      try {
        await step.run(
          "send",
          ({ idempotencyKey }) => ledger.enter(idempotencyKey, "mail sent", event.data.order),
          { atMostOnce: true },
        );
        return "sent";
      } catch (error) {
        if (!(error instanceof StepInterruptedError)) throw error;
        return "perhaps sent";
      }
    },
  });
}
