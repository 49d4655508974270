import { createFunction, StepError } from "@durable/sdk";
import { NoCarrierError } from "./errors.ts";
import type { Ledger } from "./ledger.ts";
import { Parcel } from "./order.ts";

/** Brings a parcel of the other shop to its customer. The label is that shop's own. */
export function ship(ledger: Ledger, partner: string) {
  return createFunction({
    id: "ship",
    input: Parcel,
    handler: async ({ event, step }) => {
      const { order, to } = event.data;
      let label: string;
      try {
        label = await step.invoke("label", "label", { app: partner, input: { order, to } });
      } catch (error) {
        if (!(error instanceof StepError) || error.name !== "AddressError") throw error;
        throw new NoCarrierError(`nobody finds ${to}`, { cause: error });
      }
      const carrier = await step.run("book carrier", ({ idempotencyKey }) => {
        if (to === "Atlantis") throw new NoCarrierError(`no carrier goes to ${to}`);
        return ledger.enter(idempotencyKey, "carrier booked", order);
      });
      return { label, carrier };
    },
  });
}
